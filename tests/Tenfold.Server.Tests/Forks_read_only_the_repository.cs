using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class Forks_read_only_the_repository
{
    private static readonly PushRef Fork = new("main") { Number = 8, IsFromFork = true };

    [Theory]
    [InlineData("a file", "data/train/x", "OUTSIDE/key")]
    [InlineData("a folder in the data", "data/train/more", "OUTSIDE")]
    [InlineData("the data", "data/train", "OUTSIDE")]
    [InlineData("a folder above the data", "data", "OUTSIDE")]
    [InlineData("a relative link", "data/train/x", "../../../../../../../../outside/key")]
    [InlineData("a link to a link", "data/train/x", "../../elsewhere")]
    [InlineData("a link to a folder with a link", "data/train/x", "../../more")]
    [InlineData("a link to nothing", "data/train/x", "nothing")]
    [InlineData("the file of the project", "tenfold.yaml", "OUTSIDE/tenfold.yaml")]
    [InlineData("the store", "store", "OUTSIDE")]
    public async Task A_link_that_leads_out_is_refused(string what, string path, string target)
    {
        await using var scene = new TrainingScene();
        var yaml = Yaml(scene, path);
        var outside = scene.Outside("outside");
        Directory.CreateDirectory(Path.Combine(outside, "train"));
        foreach (var file in new[] { "key", "train/x" }) File.WriteAllText(Path.Combine(outside, file), "secret");
        File.WriteAllText(Path.Combine(outside, "tenfold.yaml"), yaml);
        Push(scene, yaml);
        scene.Origin.Link("elsewhere", $"{outside}/key");
        scene.Origin.Link("more/deep", outside);
        scene.Origin.Link(path, target.Replace("OUTSIDE", outside));
        var project = (await scene.TrainAsync(Fork, scene.Origin.PushTo("refs/pull/8/head"))).Projects.ShouldHaveSingleItem();
        (project.Outcome, project.Group).ShouldBe((PushOutcome.Error, null), what);
        project.Detail.ShouldNotBeNull().ShouldContain(path == "tenfold.yaml" ? "is a link" : "leads out of the repository");
        (await scene.GroupsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Data_and_links_of_the_repository_are_trained_with()
    {
        await using var scene = new TrainingScene();
        scene.Origin.Push("main", ("shared/z", "1"));
        scene.Origin.Link("data/train/y", "../../shared");
        Push(scene, Yaml(scene, ""));
        var push = await scene.TrainAsync(Fork, scene.Origin.PushTo("refs/pull/8/head", ("train.sh", TrainingScene.Script("0.2"))));
        push.Projects.ShouldHaveSingleItem().Outcome.ShouldBe(PushOutcome.Success, push.Projects[0].Detail);
    }

    private static string Yaml(TrainingScene scene, string path)
    {
        var yaml = scene.Project(
            "{ pull_request: { repeat: 1, forks: without_secrets } }", path == "store" ? "" : "  data: { train: data/train }");
        return path == "store" ? yaml.Replace($"store: {scene.Outside("store")}", "store: store/below") : yaml;
    }

    private static void Push(TrainingScene scene, string yaml) =>
        scene.Origin.Push("main", ("tenfold.yaml", yaml), ("train.sh", TrainingScene.Script("0.1")), ("data/train/x", "1"));
}
