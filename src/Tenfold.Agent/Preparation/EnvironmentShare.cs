using System.Runtime.InteropServices;
using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Environments;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Stores each environment once, so that machines with fresh disks fetch it instead of installing its packages again. The target decides
/// whether its machines do that: it gives them the user's key.
/// </summary>
/// <param name="settings">The agent's store, its clock and its intervals.</param>
/// <param name="key">The bytes of the user's key.</param>
/// <remarks>
/// An environment contains absolute paths, so its path is a part of its id. Two machines that need one at the same time make it once: the
/// first names itself as its builder, and the others wait as long as the builder's heartbeat goes on. None of this is needed for a run:
/// whatever fails, the environment is built on this machine.
/// </remarks>
internal sealed class EnvironmentShare(AgentSettings settings, byte[] key)
{
    // A file system that other machines have too shares environments by itself.
    private static readonly string[] NetworkFileSystems =
        ["nfs", "nfs4", "lustre", "gpfs", "beegfs", "cifs", "smb2", "smb3", "ceph", "fuse.glusterfs", "panfs", "afs"];

    private static readonly TimeSpan FetchLimit = TimeSpan.FromMinutes(10), StoreLimit = TimeSpan.FromMinutes(5);

    // Less than the time for which other attempts of this machine wait for the environment.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(15);

    private readonly IStore _store = settings.Store;

    /// <summary>The share of an agent; null when its target wants none, or when its folder is on a network's file system.</summary>
    public static EnvironmentShare? For(AgentSettings settings) =>
        EnvironmentKey.Parse(settings.EnvironmentKey) is { } key && !IsOnNetwork(settings.Home)
            ? new EnvironmentShare(settings, key)
            : null;

    /// <summary>Fetches an environment, or builds and stores it.</summary>
    /// <param name="wanted">The environment.</param>
    /// <param name="build">Builds it in its folder; returns what went wrong, or null.</param>
    /// <param name="warn">Receives warnings for the run.</param>
    /// <returns>Why it could not be built; null when it is in its folder.</returns>
    /// <exception cref="OperationCanceledException">The attempt is to stop.</exception>
    public async Task<string?> MakeAsync(WantedEnvironment wanted, Func<Task<string?>> build, Action<Warning> warn)
    {
        var id = StoredEnvironment.IdOf(key, $"{wanted.Inputs}\n{wanted.Path}\n{Platform()}");
        Search? search = null;
        try
        {
            search = await TryAsync(
                wanted, "could not be looked up in the store", WaitLimit + FetchLimit, stop => FindAsync(wanted, id, stop));
            if (search?.Record is { } record)
            {
                var fetched = await TryAsync(wanted, "could not be fetched", FetchLimit, stop => FetchAsync(wanted, id, record, stop));
                if (fetched == Fetched) return null;
                Remove(wanted.Folder);
                search = search with { Fault = fetched ?? search.Fault };
            }

            if (search?.Fault is { } fault) warn(new Warning.EnvironmentRefused(wanted.File, fault));
            if (await build() is { } failure) return failure;
            if (search is { } known) await TryAsync(wanted, "could not be stored", StoreLimit, stop => StoreAsync(wanted, id, known, stop));
            return null;
        }
        finally
        {
            // A search that was interrupted may have written the mark.
            if (search is null or { IsBuilder: true })
            {
                const string Consequence = "may still be marked as being built";
                await TryAsync(wanted, Consequence, StoreLimit, stop => ReleaseOwnAsync(wanted.Attempt, id, stop), isLast: true);
            }
        }
    }

    private const string Fetched = "", Stored = "";

    // Returns the record, or whether this attempt is the builder.
    private async Task<Search?> FindAsync(WantedEnvironment wanted, string id, CancellationToken stop)
    {
        var since = settings.Time.GetTimestamp();
        HeartbeatWatch? builder = null;
        while (true)
        {
            if (await _store.ReadAsync(StoredEnvironment.RecordKey(id), stop) is { } json)
            {
                var record = StoredEnvironment.Read(json, key, id, out var fault);
                return new Search(record, fault, IsBuilder: false);
            }

            if (builder is null || builder.HasStopped)
            {
                if (builder is not null) await ReleaseAsync(id, stop);
                if (await _store.TryCreateAsync(StoredEnvironment.BuilderKey(id), Encoding.UTF8.GetBytes(wanted.Attempt), stop))
                    return new Search(null, null, IsBuilder: true);
            }

            // A builder that failed has removed its mark. Those who waited for it then build at once, rather than one after the other.
            if (await _store.ReadAsync(StoredEnvironment.BuilderKey(id), stop) is not { } name)
            {
                if (builder is null || builder.HasStopped) continue;
                return new Search(null, null, IsBuilder: false);
            }

            var attempt = Encoding.UTF8.GetString(name);
            if (attempt == wanted.Attempt) return new Search(null, null, IsBuilder: true);
            if (builder?.Attempt != attempt)
            {
                builder = new HeartbeatWatch(settings, attempt);
                wanted.Notify($"waits for {builder.Attempt}, which builds the environment of {wanted.File}");
            }

            if (settings.Time.GetElapsedTime(since) > WaitLimit) return new Search(null, null, IsBuilder: false);
            await builder.CheckAsync(stop);
            await Task.Delay(settings.PollInterval, settings.Time, stop);
        }
    }

    private async Task<string?> FetchAsync(WantedEnvironment wanted, string id, StoredEnvironment record, CancellationToken stop)
    {
        var since = settings.Time.GetTimestamp();
        // Before the archive is opened: `tenfold gc` reads this time right before it removes something.
        await ContentUse.RecordAsync(_store, StoredEnvironment.UseKey(id), settings.Time, stop);
        await using var archive = await _store.OpenReadAsync(StoredEnvironment.ArchiveKey(id, record.Sha256), stop);
        if (archive is null) return "its archive is missing";
        if (await EnvironmentArchive.MakeAsync(archive, record, wanted.Folder, wanted.Interpreters, stop) is { } fault) return fault;
        wanted.Notify(
            $"fetched the environment of {wanted.File}, which {record.Attempt} built "
            + $"({record.SizeBytes >> 20} MiB in {settings.Time.GetElapsedTime(since).TotalSeconds:0.0} s)");
        return Fetched;
    }

    private async Task<string?> StoreAsync(WantedEnvironment wanted, string id, Search search, CancellationToken stop)
    {
        var recordKey = StoredEnvironment.RecordKey(id);
        var isRepair = search.Fault is not null;
        if (!isRepair && await _store.ExistsAsync(recordKey, stop)) return Stored;
        var archive = NewArchive(wanted.Folder);
        try
        {
            var written = await Task.Run(() => EnvironmentArchive.Write(wanted.Folder, archive, wanted.Interpreters, stop), stop);
            if (!written.IsReady)
            {
                wanted.Notify($"the environment of {wanted.File} is not stored for other machines: {written.Refusal}");
                if (!isRepair) return Stored;
                // Otherwise each machine would fetch it, and refuse it.
                await _store.DeleteAsync(recordKey, stop);
                await DeleteArchiveAsync(id, search.Record, stop);
                return Stored;
            }

            var record = (written.Value with { Ledger = wanted.Ledger, Attempt = wanted.Attempt }).Sign(key, id);
            await _store.PutFileAsync(StoredEnvironment.ArchiveKey(id, record.Sha256), archive, move: true, stop);
            if (isRepair) await _store.WriteAsync(recordKey, record.ToJson(), stop);
            else await _store.TryCreateAsync(recordKey, record.ToJson(), stop);
            if (isRepair && search.Record?.Sha256 != record.Sha256) await DeleteArchiveAsync(id, search.Record, stop);
            return Stored;
        }
        finally
        {
            if (File.Exists(archive)) File.Delete(archive);
        }
    }

    // The archive of a record that was refused; null when the record itself was damaged, whose archive `tenfold gc` removes.
    private async Task DeleteArchiveAsync(string id, StoredEnvironment? refused, CancellationToken stop)
    {
        if (refused is not null) await _store.DeleteAsync(StoredEnvironment.ArchiveKey(id, refused.Sha256), stop);
    }

    private async Task<string?> ReleaseOwnAsync(string attempt, string id, CancellationToken stop)
    {
        if (await _store.ReadAsync(StoredEnvironment.BuilderKey(id), stop) is { } mark && Encoding.UTF8.GetString(mark) == attempt)
            await ReleaseAsync(id, stop);
        return Stored;
    }

    private async Task<string?> ReleaseAsync(string id, CancellationToken stop)
    {
        await _store.DeleteAsync(StoredEnvironment.BuilderKey(id), stop);
        return Stored;
    }

    // Whatever goes wrong here only costs time. The attempt ends when it is to stop, and not when a limit is reached.
    private async Task<T?> TryAsync<T>(
        WantedEnvironment wanted, string what, TimeSpan limit, Func<CancellationToken, Task<T?>> work, bool isLast = false)
        where T : class
    {
        using var late = new CancellationTokenSource(limit, settings.Time);
        // A mark is removed even when the attempt is to stop.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, isLast ? CancellationToken.None : wanted.Stop);
        try
        {
            return await work(either.Token);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            wanted.Notify($"the environment of {wanted.File} {what}: {e.Message}");
        }
        catch (OperationCanceledException) when (isLast || !wanted.Stop.IsCancellationRequested)
        {
            wanted.Notify($"the environment of {wanted.File} {what} within {limit.TotalMinutes:0} minutes");
        }

        return null;
    }

    private static string NewArchive(string folder) => $"{folder}.{Guid.NewGuid():N}.tar.gz";

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    // Packages that were compiled for one system need not run on another.
    private static string Platform()
    {
        const string file = "/etc/os-release";
        var system = File.Exists(file)
            ? string.Join(' ', File.ReadLines(file).Where(line => line.StartsWith("ID=") || line.StartsWith("VERSION_ID=")))
            : RuntimeInformation.OSDescription;
        return $"{RuntimeInformation.OSArchitecture} {system}";
    }

    private static bool IsOnNetwork(string home)
    {
        try
        {
            var existing = home;
            while (!Directory.Exists(existing)) existing = Path.GetDirectoryName(existing)!;
            return NetworkFileSystems.Contains(new DriveInfo(existing).DriveFormat);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>What the store has of an environment.</summary>
    /// <param name="Record">The record; null when there is none that may be used.</param>
    /// <param name="Fault">Why what the store has must not be used; null when nothing is wrong with it.</param>
    /// <param name="IsBuilder">True when this attempt is the one that builds it.</param>
    private sealed record Search(StoredEnvironment? Record, string? Fault, bool IsBuilder);

    /// <summary>Watches another attempt by its heartbeat. No clock of another machine is compared with this one's.</summary>
    private sealed class HeartbeatWatch(AgentSettings settings, string attempt)
    {
        private readonly bool _isName = attempt.Length is > 0 and < 100 && attempt.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
        private readonly TimeSpan _patience = settings.Heartbeat * 4;
        private long _since = settings.Time.GetTimestamp();
        private string? _last;

        public string Attempt => attempt;

        public bool HasStopped => !_isName || settings.Time.GetElapsedTime(_since) > _patience;

        public async Task CheckAsync(CancellationToken stop)
        {
            if (!_isName) return;
            var bytes = await settings.Store.ReadAsync(AttemptKeys.Heartbeat(attempt), stop);
            var beat = bytes is null ? null : Encoding.ASCII.GetString(bytes);
            if (beat == _last) return;
            (_last, _since) = (beat, settings.Time.GetTimestamp());
        }
    }
}

/// <summary>An environment that a machine needs.</summary>
/// <param name="File">The file that describes it.</param>
/// <param name="Folder">Where it has to be; nothing is there.</param>
/// <param name="Inputs">Everything that it depends on, but for its path and the platform.</param>
/// <param name="Interpreters">The paths of the interpreter to which its links may lead.</param>
/// <param name="Ledger">The id of the attempt's ledger.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Notify">Receives what the user should know.</param>
/// <param name="Stop">Cancelled when the attempt is to stop.</param>
internal sealed record WantedEnvironment(
    string File, string Folder, string Inputs, IReadOnlyCollection<string> Interpreters, string Ledger, string Attempt,
    Action<string> Notify, CancellationToken Stop)
{
    /// <summary>The path that counts for its id: <see cref="Folder"/>, unless a test has several machines on one disk.</summary>
    public string Path { get; init; } = Folder;
}
