using Tenfold.App.Images;
using Tenfold.App.Tests.Images;
using Tenfold.Core.Outcomes;

namespace Tenfold.App.Tests.Fitting;

public sealed class A_container_image_is_chosen : IDisposable
{
    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("python:3.12-slim")]
    [InlineData("Dockerfile")]
    public async Task A_target_that_runs_no_images_is_refused_before_anything_is_recorded(string environment)
    {
        _place.Write("Dockerfile", "FROM scratch\n");
        _place.Configure($"  environment: {environment}");
        var refusal = (await _place.PlanAsync()).Refusal();
        refusal.Kind.ShouldBe(RefusalKind.Unavailable);
        refusal.Message.ShouldStartWith(
            $"train.environment: {environment} is a container image, and local runs none: use a target of the kind");
    }

    [Theory]
    [InlineData("python", "python", "latest")]
    [InlineData("python:3.12", "python", "3.12")]
    [InlineData("localhost:5000/a/b", "localhost:5000/a/b", "latest")]
    [InlineData("localhost:5000/a/b:c", "localhost:5000/a/b", "c")]
    [InlineData("ghcr.io/a/b:c@sha256:00", "ghcr.io/a/b", "c")]
    public void An_images_name_has_a_repository_and_a_tag(string name, string repository, string tag) =>
        RegistryLookup.Split(name).ShouldBe((repository, tag));

    [Theory]
    [InlineData("127.0.0.1:5000", true)]
    [InlineData("localhost", true)]
    [InlineData("localhost.example.org", false)]
    [InlineData("ghcr.io", false)]
    public void A_registry_on_this_machine_needs_no_certificate(string server, bool isLoopback) =>
        RegistryLookup.IsLoopback(server).ShouldBe(isLoopback);

    [Fact]
    public async Task An_image_whose_registry_does_not_answer_has_no_digest()
    {
        using var server = new RegistryServer();
        await server.WaitAsync();
        var lookup = new RegistryLookup(TimeProvider.System);
        (await lookup.FindAsync($"{server.Host}/none:1", CancellationToken.None)).ShouldBeNull();
        (await lookup.FindAsync("127.0.0.1:1/none:1", CancellationToken.None)).ShouldBeNull();
    }
}
