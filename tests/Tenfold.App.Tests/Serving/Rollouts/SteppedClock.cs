namespace Tenfold.App.Tests.Serving.Rollouts;

/// <summary>A clock that goes on only when the test says so.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => _passed += time;

    public override long GetTimestamp() => _passed.Ticks;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero) + _passed;
}
