namespace Tenfold.Projects.Tests;

public sealed class Project_files_are_found
{
    private static readonly ProjectFinder Finder = new(Samples.Reader);

    [Fact]
    public void The_nearest_parent_file_is_found() => Samples.InFolder(folder =>
    {
        var inner = Directory.CreateDirectory(Path.Combine(folder, "a", "b")).FullName;
        File.WriteAllText(Path.Combine(folder, "tenfold.yaml"), Samples.Minimal);
        var found = Finder.Open(inner).Value!;
        found.Folder.ShouldBe(folder);
        found.File.ShouldBe(Path.Combine(folder, "tenfold.yaml"));
        File.WriteAllText(Path.Combine(folder, "a", "tenfold.yaml"), "name: [\n");
        Finder.Open(inner).Faults.ShouldHaveSingleItem().Path.ShouldBe("../tenfold.yaml");
    });

    [Fact]
    public void A_missing_file_is_a_fault_with_a_next_step() => Samples.InFolder(folder =>
    {
        ProjectFinder.Find(folder).ShouldBeNull();
        Finder.Open(folder).Faults.ShouldHaveSingleItem().ToString().ShouldContain("'tenfold init' writes one");
        File.WriteAllText(Path.Combine(folder, "tenfold.yml"), Samples.Minimal);
        Finder.Open(folder).Faults.ShouldHaveSingleItem().ToString().ShouldContain("tenfold.yml exists: rename it");
    });

    [Fact]
    public void A_script_without_a_file_becomes_a_project() => Samples.InFolder(folder =>
    {
        var inner = Directory.CreateDirectory(Path.Combine(folder, "my Tést (1)")).FullName;
        var script = Path.Combine(inner, "train.py");
        File.WriteAllText(script, "");
        var assumed = AssumedProject.For(script).Value!;
        assumed.Folder.ShouldBe(inner);
        assumed.File.ShouldBeNull();
        assumed.Project.Name.ShouldBe("my-T-st-1");
        assumed.Project.Train.Script.ShouldBe("train.py");
        assumed.Project.Train.Environment.ShouldBe(TrainingEnvironment.System);
        assumed.Project.Train.Metric.ShouldBeNull();
        assumed.Project.Train.AnyParameter.ShouldBeTrue();
        File.WriteAllText(Path.Combine(inner, "environment.yml"), "");
        AssumedProject.For(script).Value!.Project.Train.Environment.Kind.ShouldBe(EnvironmentKind.Conda);
        File.WriteAllText(Path.Combine(inner, "requirements.txt"), "");
        AssumedProject.For(script).Value!.Project.Train.Environment.Reference.ShouldBe("requirements.txt");
    });

    [Fact]
    public void Files_that_are_no_script_are_refused() => Samples.InFolder(folder =>
    {
        File.WriteAllText(Path.Combine(folder, "train.sh"), "");
        AssumedProject.For(Path.Combine(folder, "train.sh")).Faults.ShouldHaveSingleItem()
            .Message.ShouldContain("a script ends in .py, .ipynb or .cs");
        AssumedProject.For(Path.Combine(folder, "none.py")).Faults.ShouldHaveSingleItem().Message.ShouldContain("no such script");
        AssumedProject.For(folder).Faults.ShouldHaveSingleItem().Message.ShouldContain("this is a folder");
    });

    [Theory]
    [InlineData("iris", "iris")]
    [InlineData("-x-", "x")]
    [InlineData("数据", "project")]
    [InlineData("", "project")]
    [InlineData("a  b", "a-b")]
    public void Any_folder_gives_a_valid_project_name(string folder, string name) => AssumedProject.NameFrom(folder).ShouldBe(name);
}
