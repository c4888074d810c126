using System.Security.Cryptography;
using System.Text;
using Tenfold.App;
using Tenfold.Core.Keys;

namespace Tenfold.Server.Api;

/// <summary>Finds the key that a request brings. The keys are read from the ledger, at most once a second.</summary>
/// <param name="services">The services.</param>
internal sealed class ApiKeyCheck(Services services) : IDisposable
{
    // A key that is removed, or added, counts a second later on every server.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    // Longer texts than any key need not be hashed.
    private const int Longest = 200;

    private readonly SemaphoreSlim _reading = new(1);
    private volatile KnownKeys? _known;

    /// <summary>Finds a key.</summary>
    /// <returns>The key; null for one that the ledger does not have.</returns>
    /// <exception cref="Core.Ledger.LedgerException">The ledger can't be read.</exception>
    public async Task<ServerKey?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (key.Length is 0 or > Longest) return null;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        ServerKey? found = null;
        // Every key is compared, so that the time tells nothing about which of them is like the one that was sent.
        foreach (var (known, bytes) in (await ReadAsync(cancellationToken)).Keys)
            if (CryptographicOperations.FixedTimeEquals(bytes, hash)) found = known;
        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    private async Task<KnownKeys> ReadAsync(CancellationToken cancellationToken)
    {
        if (_known is { } fresh && IsFresh(fresh)) return fresh;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_known is { } now && IsFresh(now)) return now;
            var at = services.Time.GetTimestamp();
            var keys = await services.ServerKeys.ListServerKeysAsync(cancellationToken);
            var known = new KnownKeys([.. keys.Where(key => key.IsOwn).Select(key => (key, Convert.FromHexString(key.Sha256)))], at);
            _known = known;
            return known;
        }
        finally
        {
            _reading.Release();
        }
    }

    private bool IsFresh(KnownKeys known) => services.Time.GetElapsedTime(known.At) < Freshness;

    private sealed record KnownKeys(IReadOnlyList<(ServerKey Key, byte[] Hash)> Keys, long At);
}
