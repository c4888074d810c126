using Tenfold.Projects.Schedules;

namespace Tenfold.Projects.Tests;

public sealed class Times_of_schedules
{
    [Theory]
    // Clocks in Berlin are put forward at 02:00 on 29 March 2026, and back at 03:00 on 25 October.
    [InlineData("30 2 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z")]
    [InlineData("30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z")]
    [InlineData("*/30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:00Z", "2026-10-25T00:30Z", "2026-10-25T01:00Z", "2026-10-25T01:30Z")]
    [InlineData("0 3 * * 1", "2026-03-22T12:00Z", "2026-03-23T02:00Z", "2026-03-30T01:00Z")]
    public void A_time_that_clocks_leave_out_or_repeat_happens_once(string cron, string after, params string[] times)
    {
        var next = DateTimeOffset.Parse(after, null);
        foreach (var time in times)
        {
            next = CronTimes.Find(cron, "Europe/Berlin")!.After(next)!.Value;
            next.ToUniversalTime().ShouldBe(DateTimeOffset.Parse(time, null));
        }
    }

    [Fact]
    public void The_newest_of_missed_times_counts()
    {
        var times = CronTimes.Find("0 * * * *", "UTC")!;
        var start = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        times.Between(start, start.AddMinutes(59)).ShouldBe((null, 0));
        times.Between(start, start.AddHours(1)).ShouldBe((start.AddHours(1), 0));
        times.Between(start, start.AddHours(5.5)).ShouldBe((start.AddHours(5), 4));
    }

    [Theory]
    [InlineData("cron: \"0 3 * *\"", "five fields")]
    [InlineData("cron: \"0 3 13 * 5\"", "disagree")]
    [InlineData("cron: \"0 3 30 2 *\"", "never comes")]
    [InlineData("cron: \"0 3 * * 1\", zone: Europe/Berlni", "time zone")]
    [InlineData("zone: UTC", "cron")]
    [InlineData("cron: \"0 3 * * 1\", do: sweep", "needs a 'sweep' part")]
    [InlineData("cron: \"0 3 * * 1\", do: tune", "sweep")]
    public void A_schedule_that_could_mean_something_else_is_refused(string schedule, string words) =>
        Faults(schedule).ShouldHaveSingleItem().ShouldContain(words);

    [Fact]
    public void A_schedule_is_read() => Faults("cron: \"0 3 * * 1\", zone: Europe/Berlin, repeat: 5").ShouldBeEmpty();

    private static IReadOnlyList<string> Faults(string schedule) => new ProjectReader([])
        .Read($"name: x\ntrain: {{ command: \"true\" }}\non: {{ schedule: {{ {schedule} }} }}\n", "tenfold.yaml")
        .Match(_ => (IReadOnlyList<string>)[], faults => [.. faults.Select(fault => fault.ToString())]);
}
