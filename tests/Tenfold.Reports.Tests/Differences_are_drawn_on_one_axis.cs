using Tenfold.Reports.Text;

namespace Tenfold.Reports.Tests;

public sealed class Differences_are_drawn_on_one_axis
{
    [Fact]
    public void Each_line_has_its_difference_its_interval_and_the_line_at_zero()
    {
        var lines = DifferenceStrip.Render([new(1, new(-1, 3)), new(4, new(3, 4.5)), new(0, null)], 23);
        lines.ShouldBe(
        [
            "├───┼───●───────┤      ",
            "    ┊           ├───●─┤",
            "    ●                  ",
        ], customMessage: string.Join('\n', lines));
    }

    [Fact]
    public void Ascii_terminals_get_ascii_and_huge_differences_do_not_overflow()
    {
        var lines = DifferenceStrip.Render([new(1e308, new(-1e308, 1.5e308)), new(-1e308, null)], 30, ascii: true);
        string.Concat(lines).ShouldAllBe(c => c < 128);
        lines.ShouldAllBe(line => line.Length == 30);
        lines[1][0].ShouldBe('o');
        lines[0][^1].ShouldBe('|');
        DifferenceStrip.Render([new(0, new(0, 0))], 20)[0].Trim().ShouldBe("●");
    }
}
