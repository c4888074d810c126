using Tenfold.App.Sweeping;

namespace Tenfold.App.Tests.Sweeping;

public sealed class Fits_are_kept_in_a_file : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("fits").FullName;

    private string Fits => Path.Combine(_home, "fits");

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void A_fit_is_found_by_another_process()
    {
        File("k7m2xqab").Add("AB", "1 2 3");
        File("k7m2xqab").Find("AB").ShouldBe("1 2 3");
        File("k7m2xqab").Find("A").ShouldBeNull();
        File("other").Find("AB").ShouldBeNull();
    }

    [Fact]
    public void Only_the_latest_fits_are_kept()
    {
        for (var i = 0; i < 20; i++) File("s").Add($"K{i}", $"{i}");
        File("s").Find("K0").ShouldBeNull();
        File("s").Find("K19").ShouldBe("19");
        System.IO.File.ReadAllLines(Path.Combine(Fits, "s")).Length.ShouldBe(16);
        Directory.GetFiles(Fits).Length.ShouldBe(1, "no temporary file is left");
    }

    [Fact]
    public void The_files_of_studies_that_nobody_asks_are_removed()
    {
        File("old").Add("K", "1");
        System.IO.File.SetLastWriteTimeUtc(Path.Combine(Fits, "old"), DateTime.UtcNow.AddDays(-40));
        File("new").Add("K", "1");
        Directory.GetFiles(Fits).ShouldBe([Path.Combine(Fits, "new")]);
    }

    [Fact]
    public void A_folder_that_cant_be_written_is_no_fault()
    {
        System.IO.File.WriteAllText(Fits, "");
        File("s").Add("K", "1");
        File("s").Find("K").ShouldBeNull();
    }

    private FitFile File(string study) => new(Fits, study, TimeProvider.System);
}
