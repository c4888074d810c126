namespace Tenfold.Server.Webhooks;

/// <summary>
/// Bounds the memory that the bodies of requests occupy together. Anybody can send a body: its signature is checked afterwards.
/// </summary>
/// <param name="limit">How many bytes.</param>
internal sealed class BodyBudget(long limit)
{
    private long _used;

    /// <summary>Takes bytes of the budget.</summary>
    /// <returns>False when they are not there; nothing is taken then.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit) return true;
        Return(bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
