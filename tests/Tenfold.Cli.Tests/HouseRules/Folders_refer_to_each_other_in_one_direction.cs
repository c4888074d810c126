namespace Tenfold.Cli.Tests.HouseRules;

/// <summary>A folder that is part of a cycle can be neither read nor changed nor moved alone.</summary>
public sealed class Folders_refer_to_each_other_in_one_direction : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Tenfold.Core", 10)]
    [InlineData("Tenfold.Numerics", 2)]
    [InlineData("Tenfold.Reports", 4)]
    [InlineData("Tenfold.Projects", 3)]
    [InlineData("Tenfold.Targets", 2)]
    [InlineData("Tenfold.Sql", 1)]
    [InlineData("Tenfold.Agent", 2)]
    [InlineData("Tenfold.Aws", 5)]
    [InlineData("Tenfold.App", 10)]
    public void A_projects_folders_have_no_cycles(string project, int minFolders)
    {
        var references = new FolderReferences(Path.Combine(Source(), project));
        references.Folders.Count.ShouldBeGreaterThanOrEqualTo(minFolders);
        references.Cyclic().ShouldBeEmpty();
    }

    [Fact]
    public void The_references_that_cores_source_has_are_seen()
    {
        var references = new FolderReferences(Path.Combine(Source(), "Tenfold.Core"));
        references.Of("Snapshots").ShouldBe(["Input", "Platform", "Store"], ignoreOrder: true);
        references.Of("Garbage").ShouldContain("Snapshots");
        references.Of("Platform").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("using Tenfold.Example.B;", "x")]
    [InlineData("using Short = Tenfold.Example.B.Two;", "x")]
    [InlineData("", "B.Two")]
    [InlineData("", "Tenfold.Example.B.Two")]
    public void A_cycle_is_found_and_each_of_its_files_named(string directive, string expression)
    {
        _folder.Write("Tenfold.Example/A/One.cs", $"{directive}\npublic sealed class One {{ object X => {expression}; }}\n");
        _folder.Write("Tenfold.Example/B/Two.cs", "using Tenfold.Example.C;\npublic sealed record Two(Three Three);\n");
        _folder.Write("Tenfold.Example/C/Three.cs", "using Tenfold.Example.A;\npublic interface Three { One One { get; } }\n");
        _folder.Write("Tenfold.Example/D/Four.cs", "using Tenfold.Example.A;\npublic enum Four { }\n");
        new FolderReferences(_folder["Tenfold.Example"]).Cyclic().ShouldBe(["A → B (One.cs)", "B → C (Two.cs)", "C → A (Three.cs)"]);
    }

    [Theory]
    [InlineData("B.Count")]
    [InlineData("x.B.Two")]
    [InlineData("1; // B.Two")]
    public void Text_that_only_resembles_a_folders_name_is_no_reference(string expression)
    {
        _folder.Write("Tenfold.Example/A/One.cs", $"public sealed class One {{ object X => {expression};\n}}\n");
        _folder.Write("Tenfold.Example/B/Two.cs", "public sealed class Two;\n");
        new FolderReferences(_folder["Tenfold.Example"]).Of("A").ShouldBeEmpty();
    }

    private static string Source() => Path.Combine(Installed.Repository, "src");
}
