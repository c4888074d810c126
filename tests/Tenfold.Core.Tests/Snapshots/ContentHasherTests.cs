using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Tests.Store;

namespace Tenfold.Core.Tests.Snapshots;

public sealed class ContentHasherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_has_the_hash_that_sha256sum_prints()
    {
        var content = string.Concat(Enumerable.Repeat("1,2,3\n", 100_000));
        _folder.Write("train.csv", content);
        var hashed = new ContentHashOutcome.Hashed(Sha(content), 1, 600_000);
        Hash("train.csv").ShouldBe(hashed);
        Hash("train.csv").ShouldBe(hashed);
        File.CreateSymbolicLink(_folder["link.csv"], "train.csv");
        Hash("link.csv").ShouldBe(hashed);
    }

    [Fact]
    public void A_folder_is_hashed_as_documented_with_ignored_files_and_targets_of_links()
    {
        _folder.Write("data/.gitignore", "*\n");
        _folder.Write("data/b/1", "one");
        _folder.Write("far/2", "two");
        File.CreateSymbolicLink(_folder["data/a"], "../far/2");
        Directory.CreateSymbolicLink(_folder["data/c"], "../far");
        var list = $"{Sha("*\n")}\02\0.gitignore\0{Sha("two")}\03\0a\0{Sha("one")}\03\0b/1\0{Sha("two")}\03\0c/2\0";
        var hashed = new ContentHashOutcome.Hashed(Sha(list), 4, 11);
        Hash("data").ShouldBe(hashed);
        Hash("data").ShouldBe(hashed);
    }

    [Fact]
    public void Data_that_is_missing_empty_or_a_device_is_a_fault_with_advice()
    {
        Directory.CreateDirectory(_folder["empty"]);
        Process.Start("mkfifo", [_folder["pipe"]]).WaitForExit();
        Fault("nowhere").ShouldBe($"the data {_folder["nowhere"]} doesn't exist: check the path in tenfold.yaml");
        Fault("empty").ShouldContain("is empty: put the data into it");
        Fault("pipe").ShouldContain("neither a file nor a folder");
        File.CreateSymbolicLink(_folder["dangling"], "nowhere");
        Fault("dangling").ShouldContain("doesn't exist");
    }

    [Fact]
    public void Broken_and_cyclic_links_in_data_are_faults()
    {
        _folder.Write("data/x/1", "one");
        File.CreateSymbolicLink(_folder["data/gone"], "nowhere");
        Directory.CreateSymbolicLink(_folder["data/x/round"], "..");
        var faults = Faults("data");
        faults.Select(fault => fault.Path).ShouldBe([_folder["data/gone"], _folder["data/x/round"]]);
        faults[0].Message.ShouldContain("a link to a file that doesn't exist");
        faults[1].Message.ShouldContain("a link to a folder that contains it");
    }

    [Fact]
    public void Unreadable_data_is_named()
    {
        _folder.Write("data/1", "one");
        AsNobody.SetMode(_folder.Path, 0x1FF);
        AsNobody.SetMode(_folder["data/1"], 0);
        AsNobody.Run(() => Faults("data")).ShouldHaveSingleItem().Message.ShouldContain("permission denied");
        AsNobody.Run(() => Faults("data/1")).ShouldHaveSingleItem().Message.ShouldContain("permission denied");
    }

    [Fact]
    public void Data_that_changes_while_it_is_hashed_is_a_fault_after_three_tries()
    {
        Directory.CreateDirectory(_folder["data"]);
        using var growing = new GrowingFile(_folder["data/growing"]);
        var fault = Fault("data");
        fault.ShouldContain("growing changed while it was read, three times in a row");
    }

    private ContentHashOutcome Hash(string path) =>
        new ContentHasher(_folder["cache"], ManualClock.Later).Compute(_folder[path], CancellationToken.None);

    private IReadOnlyList<FileFault> Faults(string path) => Hash(path).Match(_ => [], refused => refused.Faults);

    private string Fault(string path) => Faults(path).ShouldHaveSingleItem().Message;

    private static string Sha(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
