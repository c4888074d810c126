using Tenfold.App.Storage;
using Tenfold.Core.Data;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Projects;

namespace Tenfold.App.Fitting;

/// <summary>Pins a project's data channels: paths by their content, what lies in a bucket by what the bucket says of it.</summary>
/// <param name="services">The services of this home.</param>
public sealed class ChannelPinner(Services services)
{
    private readonly ContentHash _hash = new(services.Index, services.Time);

    /// <summary>What a user should know of them.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Pins every channel, and puts the lists of what lies in buckets into the store.</summary>
    /// <exception cref="CommandException">The message has the faults of all channels.</exception>
    public async Task<Dictionary<string, DataSpec>> PinAsync(LocatedProject located, IStore store, CancellationToken cancellationToken)
    {
        var data = new Dictionary<string, DataSpec>();
        var (faults, exitCode) = (new List<string>(), ExitCodes.BadInput);
        foreach (var (channel, location) in located.Project.Train.Data)
        {
            try
            {
                var (spec, fault) = location.IsS3
                    ? await AtOriginAsync(channel, location.Text, store, cancellationToken)
                    : OfPath(channel, location.PathFrom(located.Folder), located.Folder, cancellationToken);
                if (spec is not null) data[channel] = spec;
                else faults.Add(fault!);
            }
            catch (StoreException e)
            {
                faults.Add($"data.{channel}: {e.Message}");
                exitCode = ExitCodes.CannotWrite;
            }
        }

        return faults.Count == 0 ? data : throw new CommandException(exitCode, string.Join("\n  ", faults));
    }

    /// <summary>Looks what data is now.</summary>
    /// <returns>Why it is not what it was when it was recorded; null when it is.</returns>
    /// <exception cref="StoreException">Its origin can't be reached.</exception>
    public async Task<string?> ChangedAsync(DataSpec recorded, CancellationToken cancellationToken)
    {
        if (!recorded.IsAtOrigin)
            return _hash.Compute(recorded.Path, cancellationToken).Match(
                hashed => hashed.Sha256 == recorded.Hash ? null : $"{recorded.Path} is not what it was (SHA-256 {recorded.Hash[..12]}…, now {hashed.Sha256[..12]}…)",
                refused => refused.Faults[0].Message);
        return (await LookAsync(recorded.Path, cancellationToken)).Match(
            pinned => pinned.Manifest.ComputeHash() == recorded.Hash ? null : $"{recorded.Path} is not what it was: objects were replaced, added or removed",
            refused => refused.Fault);
    }

    /// <summary>Lists what is at an origin.</summary>
    /// <exception cref="StoreException">It can't be reached.</exception>
    public async Task<PinOutcome> LookAsync(string url, CancellationToken cancellationToken)
    {
        var origin = DataOrigins.Open(url, services.Time);
        using var opened = origin as IDisposable;
        return await origin.PinAsync(cancellationToken);
    }

    private async Task<(DataSpec? Spec, string? Fault)> AtOriginAsync(
        string channel, string url, IStore store, CancellationToken cancellationToken)
    {
        var (pinned, fault) = (await LookAsync(url, cancellationToken)).Match<(PinOutcome.Pinned?, string?)>(
            pinned => (pinned, null), refused => (null, $"data.{channel}: {refused.Fault}"));
        if (pinned is null) return (null, fault);
        if (pinned.Note is { } note) Notes.Add($"data.{channel}: {note}");
        var (manifest, hash) = (pinned.Manifest, pinned.Manifest.ComputeHash());
        // Also when it is there: cleaning up goes by when it was written last.
        await store.WriteAsync(DataManifest.ManifestKey(hash), manifest.ToJson(), cancellationToken);
        return (new DataSpec(manifest.Origin!, hash, manifest.Files.Sum(file => file.SizeBytes), Files: manifest.Files.Count), null);
    }

    private (DataSpec? Spec, string? Fault) OfPath(string channel, string path, string folder, CancellationToken cancellationToken)
    {
        var inside = Path.GetRelativePath(folder, path);
        return _hash.Compute(path, cancellationToken).Match<(DataSpec?, string?)>(
            hashed => (new DataSpec(path, hashed.Sha256, hashed.SizeBytes, IsInside(inside) ? inside : null, hashed.FileCount), null),
            refused => (null, string.Join("\n  ", refused.Faults.Select(fault => $"data channel '{channel}': {fault.Message}"))));
    }

    /// <summary>True for a relative path that leads to something in its folder.</summary>
    public static bool IsInside(string relative) => relative != "." && relative != ".." && !relative.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(relative);
}
