using System.Globalization;
using Tenfold.Core.Reasons;

namespace Tenfold.Core.Tests.Reasons;

public sealed class An_amount_of_money_is_0_only_when_it_is_nothing
{
    [Theory]
    [InlineData("0", "0.00")]
    [InlineData("5", "5.00")]
    [InlineData("12.345", "12.34")]
    [InlineData("1234.5", "1234.50")]
    [InlineData("0.107", "0.107")]
    [InlineData("0.5", "0.50")]
    [InlineData("0.01", "0.01")]
    [InlineData("0.00999", "0.01")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("0.00012345", "0.00012")]
    [InlineData("0.00000000031", "0.00000000031")]
    public void Small_amounts_keep_two_digits(string usd, string expected) =>
        Money.Format(decimal.Parse(usd, CultureInfo.InvariantCulture)).ShouldBe(expected);
}
