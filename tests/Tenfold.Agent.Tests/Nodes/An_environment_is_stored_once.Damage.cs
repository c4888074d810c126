using System.Formats.Tar;
using System.Security.Cryptography;
using Tenfold.Core.Environments;

namespace Tenfold.Agent.Tests.Nodes;

/// <content>What is done to an environment in the store.</content>
public sealed partial class An_environment_is_stored_once
{
    private async Task DamageAsync(string damage, string outside)
    {
        var keys = await KeysAsync();
        var (archive, record) = (keys.Single(key => key.EndsWith(".tar.gz")), keys.Single(key => key.EndsWith("record.json")));
        var id = record.Split('/')[1];
        var content = (await _store.ReadAsync(archive, CancellationToken.None))!;
        var json = (await _store.ReadAsync(record, CancellationToken.None))!;
        var known = StoredEnvironment.Read(json, KeyBytes, id, out _)!;
        switch (damage)
        {
            case "archive is cut":
                await WriteAsync(archive, content[..(content.Length / 2)]);
                break;
            case "archive is longer":
                await WriteAsync(archive, [.. content, 0]);
                break;
            case "archive is another":
                await WriteAsync(archive, Tar(new PaxTarEntry(TarEntryType.Directory, "lib")));
                break;
            case "archive leads up":
                await ForgeAsync(Tar(File($"../../../{Path.GetFileName(outside)}")));
                break;
            case "archive links out":
                await ForgeAsync(Tar(Link("lib", _folder.Path)));
                break;
            case "archive writes through a link":
                await ForgeAsync(Tar(Link("lib", "bin"), File("lib/outside")));
                break;
            case "archive is missing":
                await _store.DeleteAsync(archive, CancellationToken.None);
                break;
            case "record is cut":
                await WriteAsync(record, json[..(json.Length / 2)]);
                break;
            case "record is of another":
                var other = Tar(File("bin/python3"));
                var sha256 = Convert.ToHexStringLower(SHA256.HashData(other));
                await WriteAsync(StoredEnvironment.ArchiveKey(id, sha256), other);
                await WriteAsync(record, (known with { Sha256 = sha256, SizeBytes = other.Length, Entries = 1 }).ToJson());
                break;
            case "record links elsewhere":
                await WriteAsync(record, (known with
                {
                    InterpreterLinks = new Dictionary<string, string> { ["bin/python3"] = "/bin/false" },
                }).Sign(KeyBytes, id).ToJson());
                break;
        }

        // Even someone who has the key can't write outside the environment.
        async Task ForgeAsync(byte[] bytes)
        {
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
            await WriteAsync(StoredEnvironment.ArchiveKey(id, sha256), bytes);
            await WriteAsync(record, (known with { Sha256 = sha256, SizeBytes = bytes.Length }).Sign(KeyBytes, id).ToJson());
        }

        Task WriteAsync(string key, byte[] bytes) => _store.WriteAsync(key, bytes, CancellationToken.None);

        static PaxTarEntry File(string name) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("x"u8.ToArray()) };
        static PaxTarEntry Link(string name, string target) => new(TarEntryType.SymbolicLink, name) { LinkName = target };
        static byte[] Tar(params PaxTarEntry[] entries)
        {
            var bytes = new MemoryStream();
            using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
                foreach (var entry in entries) tar.WriteEntry(entry);
            return bytes.ToArray();
        }
    }
}
