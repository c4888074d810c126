using System.Diagnostics;
using Tenfold.App.Storage;
using Tenfold.Core.Store;
using Tenfold.Reports.Groups;

namespace Tenfold.Cli.Tests.Files;

public sealed class A_store_is_opened_by_its_url
{
    [Theory]
    [InlineData("/data/store", "/data/store")]
    [InlineData("file:///data/my%20store", "/data/my store")]
    public void A_folder(string url, string folder)
    {
        var stores = new StoreOpener(new FolderStore("/home/store"), TimeProvider.System);
        stores.At(url).ShouldBeOfType<FolderStore>().Url.ShouldBe(folder);
        stores.At(url).ShouldBeSameAs(stores.At(url));
    }

    [Theory]
    [InlineData("ftp://host/x", "write s3://bucket/prefix")]
    [InlineData("store", "the absolute path of a folder")]
    [InlineData("file://host/x", "three slashes")]
    [InlineData("s3://My_Bucket", "lower-case")]
    [InlineData("S3://bucket", "write s3://bucket/prefix")]
    public void None(string url, string words)
    {
        var stores = new StoreOpener(new FolderStore("/home/store"), TimeProvider.System);
        Should.Throw<StoreException>(() => stores.At(url)).Message.ShouldContain(words);
    }

    [Fact]
    public async Task Who_uses_no_bucket_loads_nothing_for_it()
    {
        var copy = Directory.CreateTempSubdirectory("tenfold-");
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(Installed.Program)!)) File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
        var libraries = copy.GetFiles("AWSSDK.*.dll").Append(new FileInfo(Path.Combine(copy.FullName, "Tenfold.Aws.dll"))).ToList();
        libraries.Count.ShouldBeGreaterThan(2);
        // Whoever loads an empty file fails.
        foreach (var library in libraries) File.WriteAllBytes(library.FullName, []);
        var start = new ProcessStartInfo(Path.Combine(copy.FullName, "tenfold"), ["runs"]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["TENFOLD_HOME"] = Path.Combine(copy.FullName, "home");
        using var process = Process.Start(start)!;
        var words = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await words);
        copy.Delete(recursive: true);
    }
}
