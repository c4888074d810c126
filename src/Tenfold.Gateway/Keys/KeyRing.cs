using System.Collections.Frozen;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.App.Serving.Keys;

namespace Tenfold.Gateway.Keys;

/// <summary>The API keys in force. It reads them again and again.</summary>
/// <param name="keys">The keys.</param>
/// <param name="pause">The pause between two looks at them.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class KeyRing(IApiKeys keys, TimeSpan pause, TimeProvider time, ILogger<KeyRing> log) : BackgroundService
{
    // Keys that can't be read at the start are as good as none that is valid: nobody is let in.
    private volatile FrozenDictionary<string, KeyHolder>? _holders = FrozenDictionary<string, KeyHolder>.Empty;
    private string? _fault;

    /// <summary>True when requests need a key.</summary>
    public bool IsRequired => _holders is not null;

    /// <summary>Finds the holder of a key; null for an unknown key.</summary>
    public KeyHolder? Find(string key) => _holders?.GetValueOrDefault(ApiKey.Hash(key));

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Reads the keys.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if ((await keys.ReadAsync(cancellationToken)).Succeeded(out var read, out var refusal))
        {
            var old = _holders;
            _holders = read.IsRequired
                ? read.Keys.ToFrozenDictionary(key => key.Sha256, key => Hold(key, old?.GetValueOrDefault(key.Sha256))) : null;
            _fault = null;
            return;
        }

        // The keys that were read last stay in force. A fault that lasts is reported once.
        if (_fault != refusal.Message) log.KeysUnreadable(refusal.Message);
        _fault = refusal.Message;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => SocketThreads.RunElsewhereAsync(async () =>
    {
        using var timer = new PeriodicTimer(pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await RefreshAsync(stoppingToken);
    });

    // A holder whose key did not change keeps its tokens.
    private KeyHolder Hold(ApiKey key, KeyHolder? old) =>
        old?.Key == key ? old : new KeyHolder(key, key.Rate is { } rate
            ? new TokenBucket(rate, key.Burst ?? (int)Math.Clamp(Math.Ceiling(rate), 1, 1_000_000), time) : null);
}

/// <summary>The holder of an API key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Limit">The holder's limit; null for none.</param>
internal sealed record KeyHolder(ApiKey Key, TokenBucket? Limit);
