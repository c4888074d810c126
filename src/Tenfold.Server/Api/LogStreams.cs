namespace Tenfold.Server.Api;

/// <summary>Bounds how many logs are sent at the same time: each looks for new lines again and again.</summary>
internal sealed class LogStreams
{
    private const int Most = 100, MostOfKey = 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _open = [];

    /// <summary>Begins to send a log.</summary>
    /// <param name="key">The name of the key with which it was asked for.</param>
    /// <returns>False when too many are being sent; otherwise <see cref="End"/> must follow.</returns>
    public bool TryBegin(string key)
    {
        lock (_lock)
        {
            var own = _open.GetValueOrDefault(key);
            if (own >= MostOfKey || _open.Values.Sum() >= Most) return false;
            _open[key] = own + 1;
            return true;
        }
    }

    /// <summary>Ends to send a log.</summary>
    /// <param name="key">As in <see cref="TryBegin"/>.</param>
    public void End(string key)
    {
        lock (_lock)
        {
            if (--_open[key] == 0) _open.Remove(key);
        }
    }
}
