namespace Tenfold.Server.Api;

/// <summary>Bounds how many logs are sent at the same time: each looks for new lines again and again.</summary>
internal sealed class LogStreams
{
    private const int Most = 100;

    private int _open;

    /// <summary>Begins to send a log.</summary>
    /// <returns>False when too many are being sent; otherwise <see cref="End"/> must follow.</returns>
    public bool TryBegin()
    {
        if (Interlocked.Increment(ref _open) <= Most) return true;
        End();
        return false;
    }

    /// <summary>Ends to send a log.</summary>
    public void End() => Interlocked.Decrement(ref _open);
}
