using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm.Submit;

/// <summary>slurmctld sends the signal of sbatch --signal up to a minute before the time that was asked for.</summary>
public sealed class A_warning_costs_a_share_of_the_time_limit
{
    [Theory]
    [InlineData(null, 90)]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(5, null)]
    [InlineData(6, 30)]
    [InlineData(8, 60)]
    [InlineData(10, 90)]
    [InlineData(int.MaxValue, 90)]
    public void A_short_limit_has_no_warning_time(int? minutes, int? seconds) => WarningTime.Seconds(minutes).ShouldBe(seconds);

    [Fact]
    public void A_run_has_three_quarters_of_any_limit()
    {
        for (var minutes = 1; minutes < 2000; minutes++)
            ((WarningTime.Seconds(minutes) + 60) ?? 0).ShouldBeLessThanOrEqualTo(minutes * 60 / 4);
    }

    [Theory]
    [InlineData(true, 2, "--time=2")]
    [InlineData(true, 2, "--time", "2")]
    [InlineData(true, 2, "-t", "2")]
    [InlineData(true, 2, "-t2")]
    [InlineData(true, 90, "--time=2", "--time=1:30:00")]
    [InlineData(true, null, "--time=UNLIMITED")]
    [InlineData(false, null, "--time-min=2", "--tmp=2")]
    [InlineData(false, null)]
    public void The_limit_is_read_as_sbatch_reads_it(bool isSet, int? minutes, params string[] arguments)
    {
        WarningTime.TryRead(arguments, out var found).ShouldBe(isSet);
        found.ShouldBe(minutes);
    }
}
