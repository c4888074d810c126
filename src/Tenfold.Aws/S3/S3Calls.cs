using System.Text;
using Amazon.S3;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Makes calls with patience: what passes by itself is tried again until the time is up, what doesn't is told at once.</summary>
internal sealed class S3Calls(IAmazonS3 client, S3Location location, S3Options options, TimeProvider time, S3Faults faults)
{
    private const int MostDamaged = 2, LongestKey = 1024;
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    // Only so that many agents don't all come back in the same instant.
    private readonly Random _pauses = new(Environment.ProcessId ^ (int)time.GetTimestamp());

    public S3Location Location => location;

    public S3Options Options => options;

    public IAmazonS3 Client => client;

    public TimeProvider Time => time;

    public S3Faults Faults => faults;

    /// <summary>True when the connection is secure: the body then needs no part in the signature, only its checksum.</summary>
    public bool MayLeaveUnsigned { get; } = !(client.Config.ServiceURL ?? "").StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>The key in the bucket.</summary>
    /// <exception cref="StoreException">It is longer than S3 takes.</exception>
    public string Full(string key)
    {
        string full = location.Prefix + key;
        if (Encoding.UTF8.GetByteCount(full) <= LongestKey) return full;
        throw new StoreException($"s3://{location.Bucket}/{full}: the key is too long for S3, which takes {LongestKey} bytes: use shorter file names, or a shorter " +
            "prefix in the store's URL");
    }

    /// <summary>Makes a call, as often as it needs.</summary>
    /// <param name="action">The permission it needs, for instance <c>s3:GetObject</c>.</param>
    /// <param name="key">The object's key in the bucket, for messages; null when there is none.</param>
    /// <param name="call">The call; it may be made many times.</param>
    /// <param name="cancellationToken">Ends the call and the waits.</param>
    public async Task<T> RunAsync<T>(string action, string? key, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        TimeSpan pause = TimeSpan.FromMilliseconds(100);
        for (int damaged = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await call(cancellationToken);
            }
            catch (Exception e) when (S3Faults.Covers(e) && !cancellationToken.IsCancellationRequested)
            {
                TimeSpan waited = time.GetElapsedTime(start);
                // What is damaged on the way comes whole the next time; what is damaged there never does.
                if (S3Faults.IsDamage(e) ? ++damaged > MostDamaged : !S3Faults.IsTransient(e) || waited >= options.Patience)
                    throw faults.Translate(e, action, key, waited);
            }
            await PauseAsync(pause, cancellationToken);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    public Task RunAsync(string action, string? key, Func<CancellationToken, Task> call, CancellationToken cancellationToken) =>
        RunAsync(action, key, async token =>
        {
            await call(token);
            return true;
        }, cancellationToken);

    /// <summary>Waits for about a time.</summary>
    public Task PauseAsync(TimeSpan about, CancellationToken cancellationToken)
    {
        double part;
        lock (_pauses) part = 0.5 + _pauses.NextDouble();
        return Task.Delay(about * part, time, cancellationToken);
    }
}
