namespace Tenfold.Cli.Tests.BadInput;

public sealed class Full_and_read_only_disks
{
    [Fact]
    public async Task A_disk_that_fills_up_during_the_snapshot_records_nothing()
    {
        await using var place = new Sandbox().Toy();
        using var disk = new SmallDisk(place, 3);
        var noise = new byte[6_000_000];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(Path.Combine(place.Project, "noise"), noise);
        (await place.Run("fit")).With(ExitCodes.CannotWrite).Saying("full", "free space", "TENFOLD_HOME");
        (await place.Json("runs", "--json")).GetArrayLength().ShouldBe(0);
        File.Delete(Path.Combine(place.Project, "noise"));
        (await place.Run("fit")).With(0);
    }

    [Fact]
    public async Task Output_that_fills_the_disk_truncates_the_log_but_not_the_run()
    {
        await using var place = new Sandbox();
        using var disk = new SmallDisk(place, 8);
        place.Toy(
            $"""
            yes 0123456789012345678901234567890123456789 | head -c 20000000
            echo
            echo $TENFOLD_ATTEMPT >> {place.Outside}/ran
            {Sandbox.SeedScript}
            """);
        await place.Run("runs");
        disk.Take(2);
        var fit = (await place.Run("fit", "--detach", "--json")).With(0).Json[0];
        await Until.True(() => place.Lines("ran").Length > 0, "the script has come to its end");
        // While the disk is full, commands either work or say why they don't, and none hangs.
        (await place.Run("retry", fit.Group())).ExitCode.ShouldBeOneOf(ExitCodes.BadInput, ExitCodes.CannotWrite);
        var meanwhile = await place.Run("runs");
        if (meanwhile.ExitCode != 0) meanwhile.With(ExitCodes.CannotWrite).Saying("full");
        disk.Free();
        var run = (await place.RunsUntilAllEnded())[0];
        place.Lines("ran").ShouldBe([$"{run.Id()}-1"]);
        run.State().ShouldBe("succeeded");
        run.Text("reason")!.ShouldContain("full");
        run.Number("value").ShouldBe(double.Parse("0." + run.At("seed")));
        (await place.Run("logs", fit.Group())).With(0).Out.ShouldStartWith("0123456789");
    }

    [Fact]
    public async Task Files_that_fill_the_disk_fail_the_run_with_the_scripts_error()
    {
        await using var place = new Sandbox();
        using var disk = new SmallDisk(place, 8);
        place.Toy($"head -c 20000000 /dev/zero > $TENFOLD_MODEL_DIR/big || exit 5\n{Sandbox.SeedScript}");
        var fit = (await place.Run("fit", "--detach", "--json")).With(0).Json[0];
        await Until.True(() => disk.IsFull, "the script has filled the disk");
        Directory.CreateDirectory(place.Outside);
        // The script's file fills the disk, so the user would remove it.
        foreach (var big in Directory.GetFiles(place.Home, "big", SearchOption.AllDirectories)) File.Delete(big);
        var run = (await place.RunsUntilAllEnded())[0];
        run.State().ShouldBe("failed");
        run.Text("reason")!.ShouldContain("No space left on device");
        (await place.Run("fetch", fit.Group())).ExitCode.ShouldNotBe(ExitCodes.Bug);
    }

    [Fact]
    public async Task A_full_disk_is_reported_and_fit_works_once_there_is_space()
    {
        await using var place = new Sandbox().Toy();
        using var disk = new SmallDisk(place, 3);
        disk.Fill();
        (await place.Run("fit")).With(ExitCodes.CannotWrite).Saying("full", "TENFOLD_HOME");
        (await place.Run("doctor")).With(ExitCodes.RunFailed).Out.ShouldContain("wrong");
        disk.Free();
        (await place.Run("fit")).With(0);
        (await place.RunsUntilAllEnded()).ShouldAllBe(run => run.State() == "succeeded");
    }

    [Fact]
    public async Task A_read_only_home_is_reported()
    {
        await using var place = new Sandbox().Toy();
        Directory.CreateDirectory(place.Home);
        OwnUser.Give(place);
        File.SetUnixFileMode(place.Home, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        foreach (var command in new[] { "fit", "runs" })
            (await place.Run(command)).With(ExitCodes.CannotWrite).Saying(place.Home, "TENFOLD_HOME").Out.ShouldBeEmpty();
        (await place.Run("doctor")).With(ExitCodes.RunFailed).Out.ShouldContain("set TENFOLD_HOME");
        File.SetUnixFileMode(place.Home, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        (await place.Run("fit")).With(0);
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_is_not_blamed_on_the_home()
    {
        await using var place = new Sandbox().Toy();
        var group = (await place.Fit()).Group();
        OwnUser.Give(place);
        File.SetUnixFileMode(place.Outside, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var report = Path.Combine(place.Outside, "report.html");
        (await place.Run("report", group, "-o", report)).With(ExitCodes.CannotWrite)
            .Saying($"{report} can't be written", "-o").Error.ShouldNotContain("TENFOLD_HOME");
        File.SetUnixFileMode(place.Outside, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        (await place.Run("report", group, "-o", report)).With(0);
    }

    [Fact]
    public async Task A_home_that_is_a_file_is_reported()
    {
        await using var place = new Sandbox().Toy();
        await File.WriteAllTextAsync(place.Home, "");
        (await place.Run("fit")).With(ExitCodes.CannotWrite).Saying("TENFOLD_HOME");
        (await place.Run("runs")).With(ExitCodes.CannotWrite).Saying("TENFOLD_HOME");
    }
}
