namespace Tenfold.TestKit;

/// <summary>A clock that stands still until a test moves it.</summary>
public sealed class FrozenClock : TimeProvider
{
    /// <summary>The time; initially noon (UTC) on the first of March 2026.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now;

    /// <inheritdoc/>
    public override long GetTimestamp() => Now.UtcTicks;

    /// <summary>Moves the clock forward.</summary>
    public void Pass(TimeSpan time) => Now += time;

    /// <summary>Moves the clock forward by some minutes.</summary>
    public void Pass(int minutes) => Pass(TimeSpan.FromMinutes(minutes));
}
