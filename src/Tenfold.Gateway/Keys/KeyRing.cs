using System.Collections.Frozen;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.App.Serving.Keys;

namespace Tenfold.Gateway.Keys;

/// <summary>The API keys in force. It reads their file again when the file changes.</summary>
/// <param name="file">The file.</param>
/// <param name="pause">The pause between two looks at the file.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class KeyRing(ApiKeyFile file, TimeSpan pause, TimeProvider time, ILogger<KeyRing> log) : BackgroundService
{
    // Keys that can't be read at the start are as good as a file without any: nobody is let in.
    private volatile FrozenDictionary<string, KeyHolder>? _holders = FrozenDictionary<string, KeyHolder>.Empty;
    private (DateTime WrittenAt, long Length)? _read;

    /// <summary>True when requests need a key: there is a file of keys.</summary>
    public bool IsRequired => _holders is not null;

    /// <summary>Finds the holder of a key; null for an unknown key.</summary>
    public KeyHolder? Find(string key) => _holders?.GetValueOrDefault(ApiKey.Hash(key));

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Refresh();
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Reads the file if it has changed.</summary>
    public void Refresh()
    {
        var info = new FileInfo(file.FilePath);
        if (!info.Exists)
        {
            (_holders, _read) = (null, null);
            return;
        }

        var stamp = (info.LastWriteTimeUtc, info.Length);
        if (_read == stamp) return;
        file.Read().Match(
            keys =>
            {
                var old = _holders;
                _holders = keys.ToFrozenDictionary(key => key.Sha256, key => Hold(key, old?.GetValueOrDefault(key.Sha256)));
                _read = stamp;
                return true;
            },
            refusal =>
            {
                log.KeysUnreadable(refusal.Message);
                _holders ??= FrozenDictionary<string, KeyHolder>.Empty;
                return false;
            });
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Refresh();
    }

    // A holder whose key did not change keeps its tokens.
    private KeyHolder Hold(ApiKey key, KeyHolder? old) =>
        old?.Key == key ? old : new KeyHolder(key, key.Rate is { } rate
            ? new TokenBucket(rate, key.Burst ?? (int)Math.Clamp(Math.Ceiling(rate), 1, 1_000_000), time) : null);
}

/// <summary>The holder of an API key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Limit">The holder's limit; null for none.</param>
internal sealed record KeyHolder(ApiKey Key, TokenBucket? Limit);
