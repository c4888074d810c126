using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Tests;

public sealed class Value_strips_are_drawn
{
    private static readonly double[] Ten = [0.9311, 0.9402, 0.9455, 0.9512, 0.9533, 0.9548, 0.9561, 0.9602, 0.9611, 0.9705];

    [Fact]
    public void Ends_dots_and_interval_are_on_separate_lines()
    {
        var lines = ValueStrip.Render(Summary.Of(Ten), 60);
        lines.ShouldBe(
        [
            "0.931                                                  0.971",
            "•             •       •       •  • • •      ••             •",
            "                    ├───────────┼───────────┤",
            "                    mean 0.952 ± 0.0080 (95 %)",
        ], customMessage: string.Join('\n', lines));
    }

    [Fact]
    public void An_interval_that_reaches_further_on_one_side_is_given_by_its_ends()
    {
        var skewed = Summary.Of([0.1, 0.2, 0.1, 0.3, 0.2, 0.1, 0.4, 0.2, 0.1, 3]);
        skewed.IsSkewed.ShouldBeTrue();
        var lines = string.Join('\n', ValueStrip.Render(skewed, 60));
        lines.ShouldNotContain('±');
        lines.ShouldContain($"mean 0.47 (95 %: {Numbers.Format(skewed.Interval!.Low, skewed.StandardDeviation)} to ");
    }

    [Fact]
    public void Each_dot_is_at_its_value()
    {
        var lines = ValueStrip.Render(Summary.Of([0, 1, 2, 10]), 41, ascii: true);
        var (low, high) = (double.Parse(lines[0].Split(' ')[0]), double.Parse(lines[0].Split(' ')[^1]));
        low.ShouldBeLessThan(0);
        var cells = lines[1].Index().Where(one => one.Item == 'o').Select(one => low + (high - low) * one.Index / 40).ToArray();
        cells.Length.ShouldBe(4);
        foreach (var (seen, value) in cells.Zip([0.0, 1, 2, 10])) seen.ShouldBe(value, (high - low) / 40);
    }

    [Fact]
    public void Values_in_one_cell_are_counted()
    {
        var dots = ValueStrip.Render(Summary.Of([0, 0, 0, 1, 1, 5]), 30)[1];
        dots.Where(char.IsDigit).ShouldBe(['3', '2']);
        dots.Count(sign => sign == '•').ShouldBe(1);
    }

    [Fact]
    public void Many_values_become_bars_with_the_height_of_the_tallest()
    {
        double[] values = [.. Enumerable.Range(0, 500).Select(i => Math.Sin(i) + Math.Cos(i * 7))];
        var lines = ValueStrip.Render(Summary.Of(values), 40);
        lines[1].Trim(' ').ShouldAllBe(sign => "▁▂▃▄▅▆▇█ ".Contains(sign));
        string.Join('\n', lines).ShouldContain("tallest:");
        ValueStrip.Render(Summary.Of(values), 40, ascii: true)[1].ShouldAllBe(sign => ".:-=+*#%@ ".Contains(sign));
    }

    [Fact]
    public void Equal_values_share_a_cell()
    {
        ValueStrip.Render(Summary.Of([0.97]), 40).ShouldBe(["0.97".PadLeft(23), "•".PadLeft(21), "┼".PadLeft(21) + "  mean 0.97"]);
        var equal = ValueStrip.Render(Summary.Of([0.97, 0.97, 0.97]), 40);
        equal[1].ShouldBe("3".PadLeft(21));
        equal[2].ShouldBe("┼".PadLeft(21) + "  mean 0.97");
    }

    [Theory]
    [InlineData(0.9311, 0.9712, 0.95)]
    [InlineData(-1.7e308, 1.7e308, 1)]
    [InlineData(5e-324, 1e-323, 0)]
    [InlineData(1e9, 1.000000001e9, 1e9)]
    [InlineData(-12345.678, 99999.5, 0)]
    public void Every_line_fits_the_width(double first, double second, double third)
    {
        var summary = Summary.Of([first, second, third]);
        foreach (var width in new[] { 0, 24, 31, 60, 80, 200 })
        {
            foreach (var ascii in new[] { true, false })
            {
                IReadOnlyList<StripGroup> groups =
                [
                    new(new string('名', 300), summary),
                    new("b\u001b[31m\u202e\u0007" + new string('x', 300), Summary.Of([third])),
                    new("c", null),
                ];
                foreach (var line in ValueStrip.Render(summary, width, ascii).Concat(ValueStrip.Compare(groups, width, ascii)))
                {
                    line.EnumerateRunes().Sum(rune => rune.Value is >= 0x1100 and < 0x2000 or >= 0x3000 ? 2 : 1)
                        .ShouldBeLessThanOrEqualTo(Math.Max(width, 24), line);
                    line.ShouldAllBe(sign => !char.IsControl(sign) && sign != '\u202e');
                    if (ascii) line.ShouldAllBe(sign => sign < 128);
                }
            }
        }
    }

    [Fact]
    public void Groups_share_an_axis()
    {
        StripGroup[] groups = [new("k7m2xqab · hidden=16", Summary.Of([1, 2, 3])), new("p3n8wzcd · hidden=64", Summary.Of([11, 12, 13]))];
        var lines = ValueStrip.Compare(groups, 60);
        lines.Count.ShouldBe(7);
        lines[0].ShouldBe("k7m2xqab · hidden=16");
        lines[1].IndexOf('•').ShouldBeLessThan(20);
        lines[4].IndexOf('•').ShouldBeGreaterThan(35);
        lines[2].ShouldContain("mean 2.0");
        lines[5].ShouldContain("mean 12.0");
    }
}
