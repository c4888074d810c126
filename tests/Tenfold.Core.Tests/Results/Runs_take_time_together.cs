using Tenfold.Core.Results;

namespace Tenfold.Core.Tests.Results;

public sealed class Runs_take_time_together
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "")]
    [InlineData(5, "0-5")]
    [InlineData(7, "0-5 1-3 4-7")]
    [InlineData(9, "0-5 100-104")] // The group grew later.
    [InlineData(5, "0-5 9-8")] // A clock that was set back.
    public void Only_time_in_which_a_run_waited_or_ran_counts(int minutes, string spans)
    {
        var group = Example.Group("aaaaaaaa", Example.Accuracy);
        var runs = spans.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((span, i) =>
        {
            var (from, to) = (int.Parse(span.Split('-')[0]), int.Parse(span.Split('-')[1]));
            return Example.Run(group, i + 1, 1).Run with { CreatedAt = Start.AddMinutes(from), EndedAt = Start.AddMinutes(to) };
        }).ToList();
        RunTimes.Busy(runs).ShouldBe(TimeSpan.FromMinutes(minutes));
        RunTimes.Busy([.. runs, Example.Run(group, 9, 1).Run with { CreatedAt = Start, EndedAt = null }])
            .ShouldBe(TimeSpan.FromMinutes(minutes), "it has not ended");
    }
}
