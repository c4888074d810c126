using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;

namespace Tenfold.Agent.Preparation;

/// <summary>Checks that the data has not changed since the run was pinned, and makes a link to it where the project expects it.</summary>
/// <param name="index">Where hashes of unchanged files are remembered, so that they are not read again.</param>
/// <param name="time">The clock.</param>
public sealed class DataLinks(string index, TimeProvider time)
{
    private readonly ContentHasher _hash = new(index, time);

    /// <summary>Names the data that has changed since the run was pinned; null when none has.</summary>
    /// <remarks>
    /// The check is repeated after the command has ended: a result must not be recorded under a hash that the data did not have meanwhile.
    /// </remarks>
    public string? Changed(WorkSpec spec, CancellationToken cancellationToken)
    {
        foreach (var (channel, data) in spec.Data)
        {
            var fault = _hash.Compute(data.Path, cancellationToken).Match(
                hashed => hashed.Sha256 == data.Hash
                    ? null
                    : $"the data of channel '{channel}' ({data.Path}) has changed since the run was made",
                refused => string.Join('\n', refused.Faults.Select(fault => fault.Message)));
            if (fault is not null) return fault;
        }

        return null;
    }

    /// <summary>Checks every channel and makes the links.</summary>
    /// <returns>What is wrong and what to do; null when nothing is.</returns>
    public string? Prepare(WorkSpec spec, string code, CancellationToken cancellationToken)
    {
        if (Changed(spec, cancellationToken) is { } fault) return $"{fault}: restore it, or start a new run with `tenfold fit`";
        foreach (var data in spec.Data.Values)
        {
            if (data.Link is not { } link) continue;
            var path = Path.Combine(code, link);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!Path.Exists(path)) File.CreateSymbolicLink(path, data.Path);
        }

        return null;
    }
}
