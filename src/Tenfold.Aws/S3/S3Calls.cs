using System.Text;
using Amazon.S3;
using Tenfold.Aws.Wire;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Makes calls and retries transient faults until a time limit. Other faults are reported at once.</summary>
/// <remarks>
/// A server that has never answered gets little time, because its address is probably wrong. A server that has answered gets more time,
/// because servers restart.
/// </remarks>
internal sealed class S3Calls(IAmazonS3 client, S3Location location, S3Options options, TimeProvider time, S3Faults faults)
{
    private const int MaxDamaged = 2, MaxKeyBytes = 1024;
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PatienceWithoutAnswer = TimeSpan.FromSeconds(5);

    // A busy server may be slow to give its first answer.
    private static readonly TimeSpan FirstAnswerTimeout = TimeSpan.FromSeconds(10);

    // Jitter keeps many agents from retrying at the same moment.
    private readonly Random _pauses = new(Environment.ProcessId ^ (int)time.GetTimestamp());
    private volatile bool _hasAnswered;

    public S3Location Location => location;

    public S3Options Options => options;

    public IAmazonS3 Client => client;

    public TimeProvider Time => time;

    public S3Faults Faults => faults;

    /// <summary>True when the connection is secure. The body then need not be part of the signature; its checksum is enough.</summary>
    public bool MayLeaveUnsigned { get; } = !(client.Config.ServiceURL ?? "").StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>The key in the bucket, with the store's prefix.</summary>
    /// <exception cref="StoreException">The key is longer than S3 accepts.</exception>
    public string Full(string key)
    {
        var full = location.Prefix + key;
        if (Encoding.UTF8.GetByteCount(full) <= MaxKeyBytes) return full;
        throw new StoreException(
            $"s3://{location.Bucket}/{full}: the key is longer than the {MaxKeyBytes} bytes that S3 accepts. " +
            "Use shorter file names, or a shorter prefix in the store's URL");
    }

    /// <summary>Makes a call and retries it on transient faults.</summary>
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
                _hasAnswered = true;
                return answer;
            }
            catch (Exception e) when (S3Faults.Covers(e) && !cancellationToken.IsCancellationRequested)
            {
                if (S3Faults.IsAnswer(e)) _hasAnswered = true;
                TimeSpan waited = time.GetElapsedTime(start), patience = Patience;
                // Damage in transit disappears with the next try. Damage on the server remains.
                if (S3Faults.IsDamage(e) ? ++damaged > MaxDamaged
                    : waited >= patience || (WireFaults.IsUnreadable(e) ? ++damaged > MaxDamaged : !S3Faults.IsTransient(e)))
                    throw faults.Translate(e, action, key, waited);
                if (pause > patience - waited && patience > waited) pause = patience - waited;
            }
            await PauseAsync(pause, cancellationToken);
            pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
        }
    }

    public Task RunAsync(string action, string? key, Func<CancellationToken, Task> call, CancellationToken cancellationToken) =>
        RunAsync(action, key, async token =>
        {
            await call(token);
            return true;
        }, cancellationToken);

    private TimeSpan Patience => _hasAnswered || options.Patience < PatienceWithoutAnswer ? options.Patience : PatienceWithoutAnswer;

    // An upload may take long although the server is up, but the first answer to a read is small.
    private async Task<T> AskAsync<T>(string action, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        if (_hasAnswered || action == "s3:PutObject") return await call(cancellationToken);
        using var limit = new CancellationTokenSource(FirstAnswerTimeout, time);
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
