using System.Text;
using Amazon.S3;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Makes calls and retries transient faults until a time limit. Other faults are reported at once.</summary>
/// <remarks>A server that has never answered gets little time, because its address is probably wrong. One that has answered gets more,
/// because servers restart.</remarks>
internal sealed class S3Calls(IAmazonS3 client, S3Location location, S3Options options, TimeProvider time, S3Faults faults)
{
    private const int MostDamaged = 2, LongestKey = 1024;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan NeverReached = TimeSpan.FromSeconds(5);

    // A busy server may be slow to answer for the first time.
    private static readonly TimeSpan FirstAnswer = TimeSpan.FromSeconds(10);

    // Only to keep many agents from retrying in the same instant.
    private readonly Random _pauses = new(Environment.ProcessId ^ (int)time.GetTimestamp());
    private volatile bool _wasReached;

    public S3Location Location => location;

    public S3Options Options => options;

    public IAmazonS3 Client => client;

    public TimeProvider Time => time;

    public S3Faults Faults => faults;

    /// <summary>True when the connection is secure. The body then need not be part of the signature; its checksum is enough.</summary>
    public bool MayLeaveUnsigned { get; } = !(client.Config.ServiceURL ?? "").StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>The key in the bucket.</summary>
    /// <exception cref="StoreException">It is longer than S3 accepts.</exception>
    public string Full(string key)
    {
        var full = location.Prefix + key;
        if (Encoding.UTF8.GetByteCount(full) <= LongestKey) return full;
        throw new StoreException(
            $"s3://{location.Bucket}/{full}: the key is longer than the {LongestKey} bytes that S3 accepts. Use " +
            "shorter file names, or a shorter " +
            "prefix in the store's URL");
    }

    /// <summary>Makes a call, and retries it.</summary>
    /// <param name="action">The permission that the call needs, for example <c>s3:GetObject</c>.</param>
    /// <param name="key">The object's key in the bucket, for messages; null when there is none.</param>
    /// <param name="call">The call; it may be made many times.</param>
    /// <param name="cancellationToken">Cancels the call and the pauses.</param>
    public async Task<T> RunAsync<T>(string action, string? key, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(100);
        for (var damaged = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var answer = await AskAsync(action, call, cancellationToken);
                _wasReached = true;
                return answer;
            }
            catch (Exception e) when (S3Faults.Covers(e) && !cancellationToken.IsCancellationRequested)
            {
                if (S3Faults.IsAnswer(e)) _wasReached = true;
                TimeSpan waited = time.GetElapsedTime(start), patience = Patience;
                // Damage on the way is gone at the next try. Damage on the server stays.
                if (S3Faults.IsDamage(e) ? ++damaged > MostDamaged : !S3Faults.IsTransient(e) || waited >= patience)
                    throw faults.Translate(e, action, key, waited);
                if (pause > patience - waited && patience > waited) pause = patience - waited;
            }
            await PauseAsync(pause, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    public Task RunAsync(string action, string? key, Func<CancellationToken, Task> call, CancellationToken cancellationToken) =>
        RunAsync(action, key, async token =>
        {
            await call(token);
            return true;
        }, cancellationToken);

    private TimeSpan Patience => _wasReached || options.Patience < NeverReached ? options.Patience : NeverReached;

    // An upload may take long although the server is up. A first answer to a read is small.
    private async Task<T> AskAsync<T>(string action, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        if (_wasReached || action == "s3:PutObject") return await call(cancellationToken);
        using var limit = new CancellationTokenSource(FirstAnswer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await call(either.Token);
    }

    /// <summary>Waits for roughly a time, with some jitter.</summary>
    public Task PauseAsync(TimeSpan about, CancellationToken cancellationToken)
    {
        double part;
        lock (_pauses) part = 0.5 + _pauses.NextDouble();
        return Task.Delay(about * part, time, cancellationToken);
    }
}
