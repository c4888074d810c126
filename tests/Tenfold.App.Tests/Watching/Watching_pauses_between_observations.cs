using Tenfold.App.Watching;

namespace Tenfold.App.Tests.Watching;

public sealed class Watching_pauses_between_observations
{
    [Theory]
    [InlineData(0.001, 0, false, 0.1)]
    [InlineData(0.001, 60, false, 0.5)]
    [InlineData(1, 0, false, 5)]
    [InlineData(0.1, 0, true, 1)]
    [InlineData(0.1, 600, true, 5)]
    [InlineData(30, 30, true, 10)]
    [InlineData(300, 0, true, 10)]
    [InlineData(300, 300, false, 10)]
    public void A_pause_grows_with_the_work_but_never_for_long(double observing, double quiet, bool isRemote, double pause) =>
        WatchLoop.PauseAfter(TimeSpan.FromSeconds(observing), TimeSpan.FromSeconds(quiet), isRemote).TotalSeconds.ShouldBe(pause);
}
