using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tenfold.App.Serving.Preparing;
using Tenfold.App.Serving.Replicas;
using Tenfold.Core.Store;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.OnAws;

/// <summary>Serves one version in a task of ECS: prepares it, starts one replica, and tells ECS whether it is healthy.</summary>
/// <param name="services">The services of this task.</param>
/// <param name="output">Receives the service's output and what happens.</param>
public sealed class TaskServer(Services services, TextWriter output)
{
    private const string RecordKey = "TENFOLD_VERSION_KEY", RecordSha256 = "TENFOLD_VERSION_SHA256";
    private const int DefaultPort = 8080, MaxTries = 5;
    private static readonly TimeSpan MetadataLimit = TimeSpan.FromSeconds(10), RetryPause = TimeSpan.FromSeconds(3);

    // The health check of the task definition looks for this file.
    private static string ReadyFile => Path.Combine(Path.GetTempPath(), "tenfold-ready");

    /// <summary>Serves until the task is to end, or the service fails again and again.</summary>
    /// <param name="stop">Cancelled when the task is to end.</param>
    /// <returns>Success after a stop in order; or why the version can't be served.</returns>
    public async Task<Outcome<string>> RunAsync(CancellationToken stop)
    {
        if (!(await ReadRecordAsync(stop)).Succeeded(out var version, out var refusal)) return refusal;
        if (!(await ReadAddressAsync(stop)).Succeeded(out var host, out refusal)) return refusal;
        await using var owner = await ReplicaOwner.OpenAsync(VersionPreparer.Home(services), services.SearchPath, services.Time);
        var logs = Path.Combine(owner.Folder, "logs");
        if (!(await PrepareAsync(version, owner, logs, stop)).Succeeded(out var prepared, out refusal)) return refusal;
        var served = prepared with { Host = host, Port = DefaultPort, Replicas = 1 };
        using var ending = new CancellationTokenSource();
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new ReplicaOptions { StartTimeout = version.Run!.StartTimeout };
        var following = new LogFollower(Path.Combine(logs, "1.log"), output, services.Time).RunAsync(ending.Token);
        await using (var replicas = VersionReplicas.Start(served, owner, options, changed => Report(changed.Status, failed)))
        {
            Report(replicas.Status, failed);
            using var stopping = stop.Register(() => failed.TrySetCanceled());
            await Task.WhenAny(failed.Task);
            if (failed.Task.IsCanceled) await DrainAsync();
            File.Delete(ReadyFile);
            refusal = failed.Task.IsCanceled ? null
                : Refusal.Unavailable($"the service fails again and again: {replicas.Status.Fault}");
        }

        await ending.CancelAsync();
        await following;
        return refusal is null ? "stopped" : refusal;
    }

    private static void Report(VersionStatus status, TaskCompletionSource failed)
    {
        if (status.IsCrashLooping) failed.TrySetResult();
        if (status.Ready.Count > 0) File.WriteAllText(ReadyFile, "");
        else File.Delete(ReadyFile);
    }

    // Until every gateway knows that the task ends, it gets requests.
    private Task DrainAsync()
    {
        var seconds = int.TryParse(
            services.Environment.GetValueOrDefault("TENFOLD_DRAIN_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given : 0;
        output.WriteLine($"tenfold: the task is to end; it accepts requests for {seconds} s more");
        return Task.Delay(TimeSpan.FromSeconds(seconds), services.Time);
    }

    private async Task<Outcome<ModelVersion>> ReadRecordAsync(CancellationToken cancellationToken)
    {
        if (services.Environment.GetValueOrDefault("TENFOLD_STORE") is not { } url
            || services.Environment.GetValueOrDefault(RecordKey) is not { } key
            || services.Environment.GetValueOrDefault(RecordSha256) is not { } sha256)
            return Refusal.BadInput("this command runs in tasks that `tenfold deploy --on aws` starts, and their variables are missing");
        if (!services.Stores.Open(url).Succeeded(out var store, out var refusal)) return refusal;
        try
        {
            if (await store.ReadAsync(key, cancellationToken) is not { } record)
                return Refusal.NotFound($"{url} has no {key} any more: deploy the version again");
            if (Convert.ToHexStringLower(SHA256.HashData(record)) != sha256)
                return Refusal.Damaged($"{url}/{key} is not what was deployed: find out who may write to the bucket, then deploy again");
            return JsonSerializer.Deserialize(record, VersionJson.Default.ModelVersion)!;
        }
        catch (StoreException e)
        {
            return Refusal.Unavailable(e.Message);
        }
    }

    private async Task<Outcome<ServedVersion>> PrepareAsync(
        ModelVersion version, ReplicaOwner owner, string logs, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var prepared = await new VersionPreparer(services) { IsInImage = true }.PrepareAsync(version, owner, cancellationToken, logs);
            // A package index or the bucket may be unreachable for a moment.
            if (prepared.Succeeded(out _, out var refusal) || tries == MaxTries) return prepared;
            await output.WriteLineAsync($"tenfold: {refusal.Message}; trying again");
            await Task.Delay(RetryPause, services.Time, cancellationToken);
        }
    }

    // Each task has an address of its own. Gateways connect to it, and other programs of the machine that runs the task don't.
    private async Task<Outcome<string>> ReadAddressAsync(CancellationToken cancellationToken)
    {
        if (services.Environment.GetValueOrDefault("ECS_CONTAINER_METADATA_URI_V4") is not { } url)
            return Refusal.BadInput("ECS_CONTAINER_METADATA_URI_V4 is not set: this is no task of ECS");
        try
        {
            using var client = new HttpClient { Timeout = MetadataLimit };
            using var metadata = JsonDocument.Parse(await client.GetStringAsync(url, cancellationToken));
            return metadata.RootElement.GetProperty("Networks")[0].GetProperty("IPv4Addresses")[0].GetString()!;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or TaskCanceledException
            or InvalidOperationException or IndexOutOfRangeException)
        {
            return Refusal.Unavailable($"the task's address can't be read: {e.Message}");
        }
    }
}

/// <summary>Copies what is appended to a log.</summary>
/// <param name="path">The log, which need not exist yet.</param>
/// <param name="output">Receives the copy.</param>
/// <param name="time">The clock.</param>
internal sealed class LogFollower(string path, TextWriter output, TimeProvider time)
{
    private const int BufferBytes = 16 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private long _position;

    /// <summary>Copies until the token is cancelled, and then what is left.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Pause, time);
            do await CopyAsync();
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            await CopyAsync();
        }
    }

    private async Task CopyAsync()
    {
        if (!File.Exists(path)) return;
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // The log was cut because it had become too large.
            if (file.Length < _position)
            {
                _position = 0;
                _decoder.Reset();
            }

            file.Position = _position;
            var (buffer, text) = (new byte[BufferBytes], new char[BufferBytes + 1]);
            for (int count; (count = await file.ReadAsync(buffer)) > 0; _position += count)
            {
                // The decoder keeps the beginning of a character whose rest comes later.
                var letters = _decoder.GetChars(buffer, 0, count, text, 0);
                await output.WriteAsync(text, 0, letters);
            }

            await output.FlushAsync();
        }
        catch (IOException)
        {
            // The next round tries again.
        }
    }
}
