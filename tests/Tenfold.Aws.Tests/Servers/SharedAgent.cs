using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Tenfold.Aws.Jobs;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Tests;

namespace Tenfold.Aws.Tests.Servers;

/// <summary>The agent of a bench: an archive that starts the published program, which no store has to hold a copy of.</summary>
/// <param name="folder">Where the archive is packed.</param>
/// <param name="runs">False for machines that run nothing.</param>
internal sealed class SharedAgent(TemporaryFolder folder, bool runs = true) : IAgentArchives
{
    private Task<Outcome<AgentArchive>>? _archive;

    public Task<Outcome<AgentArchive>> UploadAsync(IStore store, CancellationToken cancellationToken)
    {
        lock (folder) return _archive ??= PackAsync(store);
    }

    public Task<Outcome<AgentArchive>> ArchiveOfAsync(IStore store, CancellationToken cancellationToken) =>
        UploadAsync(store, cancellationToken);

    private async Task<Outcome<AgentArchive>> PackAsync(IStore store)
    {
        var path = folder["agent.tar.gz"];
        await using (var file = File.Create(path))
        await using (var zip = new GZipStream(file, CompressionLevel.Fastest))
        await using (var tar = new TarWriter(zip))
        {
            var script = $"#!/bin/sh\nexec {(runs ? Repository.Program : "/bin/false")} \"$@\"\n";
            await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, "tenfold")
            {
                Mode = (UnixFileMode)0b111_101_101,
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(script)),
            });
        }

        var sha256 = AttemptList.Hash(await File.ReadAllBytesAsync(path));
        var archive = new AgentArchive($"agents/{sha256[..16]}/{sha256}.tar.gz", sha256);
        await store.PutFileAsync(archive.Key, path, move: false, default);
        return archive;
    }
}
