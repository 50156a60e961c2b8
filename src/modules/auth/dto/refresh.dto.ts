import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

export class RefreshDto {
  /**
   * The refresh token of the last answer.
   * @example "bOq5xyhvGkPZ3pC4vQh0W0mJ9c2n1Yl8sTfRkEwUaDg"
   */
  @IsString()
  @IsNotEmpty({ message: 'must not be empty' })
  @MaxLength(1_000)
  refreshToken!: string;
}
