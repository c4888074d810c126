using Tenfold.Reports.Text;

namespace Tenfold.Reports.Tests;

public sealed class Numbers_are_formatted
{
    [Theory]
    [InlineData(0.967134, 0.0067, "0.9671")]
    [InlineData(0.0067, 0.0067, "0.0067")]
    [InlineData(123.456, 12.3, "123")]
    [InlineData(56789, 1234, "56789")]
    [InlineData(-0.0123456, 0.004, "-0.0123")]
    [InlineData(0.95, 0.0123, "0.950")]
    [InlineData(1.5e9, 1e8, "1.50e9")]
    [InlineData(12345678, 3, "12345678.0")]
    [InlineData(1.23456e-7, 1e-9, "1.235e-7")]
    [InlineData(0, 0.1, "0")]
    [InlineData(double.NaN, 0.1, "NaN")]
    [InlineData(double.NegativeInfinity, 0.1, "-∞")]
    public void A_value_is_rounded_to_the_second_digit_of_its_spread(double value, double spread, string text) =>
        Numbers.Format(value, spread).ShouldBe(text);

    [Theory]
    [InlineData(0.9712345, "0.9712")]
    [InlineData(0.5, "0.5")]
    [InlineData(12345.678, "12346")]
    [InlineData(1234567, "1234567")]
    [InlineData(1e12, "1e12")]
    [InlineData(1e300, "1e300")]
    [InlineData(5e-324, "4.941e-324")]
    public void Without_a_spread_a_value_has_four_digits(double value, string text) => Numbers.Format(value).ShouldBe(text);

    [Theory]
    [InlineData(0.00001, 0.5)]
    [InlineData(-3e-12, 1e6)]
    [InlineData(5e-324, 1e308)]
    public void A_difference_is_never_rounded_to_zero(double value, double spread) =>
        double.Parse(Numbers.Format(value, spread)).ShouldNotBe(0);

    [Fact]
    public void No_number_has_more_than_fourteen_digits() => Numbers.Format(2000 / 3.0, 1e-30).Count(char.IsDigit).ShouldBeLessThan(15);

    [Theory]
    [InlineData(0.03214, "= 0.032")]
    [InlineData(0.00321, "= 0.0032")]
    [InlineData(0.41, "= 0.41")]
    [InlineData(0.00001, "< 0.0001")]
    [InlineData(1, "= 1")]
    public void A_p_value_has_two_digits(double p, string text) => Numbers.PValue(p).ShouldBe(text);

    [Theory]
    [InlineData(0.0421, "0.042 s")]
    [InlineData(12.34, "12.3 s")]
    [InlineData(59.97, "1 min 00 s")]
    [InlineData(247, "4 min 07 s")]
    [InlineData(11520, "3 h 12 min")]
    [InlineData(187200, "2 d 4 h")]
    public void A_duration_has_two_units(double seconds, string text) => Numbers.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(text);

    [Theory]
    [InlineData(847, "847 B")]
    [InlineData(265312, "265 kB")]
    [InlineData(1_200_000, "1.2 MB")]
    public void A_size_has_its_unit(long bytes, string text) => Numbers.Size(bytes).ShouldBe(text);
}
