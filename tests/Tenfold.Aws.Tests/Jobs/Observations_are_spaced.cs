using Tenfold.Aws.Jobs;
using Tenfold.Aws.Tests.Batch;

namespace Tenfold.Aws.Tests.Jobs;

public sealed class Observations_are_spaced
{
    private readonly ShiftedClock _time = new();
    private readonly CallPace _pace;

    public Observations_are_spaced() => _pace = new CallPace(_time, TimeSpan.FromMinutes(1));

    [Fact]
    public void A_round_waits_a_while_for_each_call_of_the_round_before()
    {
        _pace.IsDue.ShouldBeTrue();
        _pace.Count(1);
        _pace.IsDue.ShouldBeFalse();
        _time.Shift = TimeSpan.FromSeconds(61);
        _pace.IsDue.ShouldBeTrue();
    }

    [Fact]
    public void A_round_waits_two_minutes_at_most()
    {
        for (var i = 0; i < 3; i++) _pace.Count(100);
        _time.Shift = TimeSpan.FromSeconds(110);
        _pace.IsDue.ShouldBeFalse();
        _time.Shift = TimeSpan.FromSeconds(121);
        _pace.IsDue.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public void A_clock_that_is_set_back_does_not_stop_the_observation(int minutes)
    {
        _pace.Count(1);
        (_time.Shift, _time.SetBack) = (TimeSpan.FromSeconds(61), TimeSpan.FromMinutes(minutes));
        _pace.IsDue.ShouldBeTrue();
    }

    [Fact]
    public void A_clock_that_is_set_forward_does_not_start_a_round()
    {
        _pace.Count(1);
        _time.SetBack = TimeSpan.FromMinutes(-10);
        _pace.IsDue.ShouldBeFalse();
    }
}
