using Tenfold.App.Images;
using Tenfold.Core.Hosts;

namespace Tenfold.App.Tests.Images;

/// <summary>
/// With Debian's buildah and docker-registry. The images are made of this machine's own files, since no other can be had.
/// </summary>
public sealed class Images_are_built_and_pushed : IClassFixture<RegistryServer>, IDisposable
{
    private readonly RegistryServer _registry;
    private readonly TemporaryFolder _storage = new();
    private readonly List<string> _said = [];
    private readonly Workspace _place;

    public Images_are_built_and_pushed(RegistryServer registry)
    {
        _registry = registry;
        var settings = $"[storage]\ndriver = \"vfs\"\ngraphroot = \"{_storage["graph"]}\"\nrunroot = \"{_storage["run"]}\"\n";
        var variables = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/bin:/bin",
            ["HOME"] = _storage.Path,
            ["CONTAINERS_STORAGE_CONF"] = _storage.Write("storage.conf", settings),
        };
        _place = new Workspace((options, _) => options with
        {
            Session = new UserSession { Environment = variables, User = "ann", Machine = "laptop" },
        });
        foreach (var file in new[] { "/bin/true", "/bin/sh", "/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6" })
        {
            var target = $"{_place.Project}/root{file}";
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        _place.Write("Dockerfile", "FROM scratch\nCOPY root/ /\nCOPY train.sh /\nRUN [\"/bin/sh\", \"-c\", \"/bin/true\"]\n");
        _place.Configure("  environment: Dockerfile");
    }

    public void Dispose()
    {
        _place.Dispose();
        _storage.Dispose();
    }

    [Fact]
    public async Task A_Dockerfile_is_built_once_for_its_content_and_named_by_its_digest()
    {
        await _registry.WaitAsync();
        var first = await PushAsync();
        first.IsNew.ShouldBeTrue(string.Join('\n', _said));
        first.Reference.ShouldBe($"{_registry.Host}/toy@{first.Digest}");
        first.Digest.ShouldMatch("^sha256:[0-9a-f]{64}$");
        first.Tag.ShouldMatch("^tenfold-[0-9a-f]{24}$");
        _said.Clear();
        (await PushAsync()).ShouldBe(first with { IsNew = false });
        _said.ShouldBeEmpty("nothing is built");
        _place.Write("train.sh", "echo another\n");
        var second = await PushAsync();
        second.IsNew.ShouldBeTrue();
        (second.Tag == first.Tag, second.Digest == first.Digest).ShouldBe((false, false));
        (await new RegistryLookup(TimeProvider.System).FindAsync($"{_registry.Host}/toy:{second.Tag}", CancellationToken.None))
            .ShouldBe(second.Digest);
    }

    [Fact]
    public async Task An_image_is_rendered_from_the_requirements_on_a_base()
    {
        await _registry.WaitAsync();
        // The base has a Python that only notes how it is called.
        _place.Write("root/bin/python3", "#!/bin/sh\necho \"$@\" > /called\n");
        File.SetUnixFileMode($"{_place.Project}/root/bin/python3", (UnixFileMode)0x1ED);
        var built = (await Builder().BuildAsync(Request() with { Registry = null }, CancellationToken.None)).Value();
        built.ShouldStartWith("localhost/tenfold/toy:tenfold-");
        File.WriteAllText($"{_place.Project}/tenfold.yaml",
            "name: toy\ntrain:\n  command: sh train.sh\n  environment: requirements.txt\n");
        _place.Write("requirements.txt", "scikit-learn==1.5\n");
        var request = Request() with { Base = built };
        var rendered = (await Builder().PushAsync(request, CancellationToken.None)).Value();
        rendered.IsNew.ShouldBeTrue();
        _said.ShouldContain(line => line.Contains("pip install --no-cache-dir"));
        // The code is not a part of it, so a new version of the code needs no new image.
        _place.Write("train.sh", "echo another\n");
        (await Builder().PushAsync(request, CancellationToken.None)).Value().ShouldBe(rendered with { IsNew = false });
        _place.Write("requirements.txt", "scikit-learn==1.6\n");
        (await Builder().PushAsync(request, CancellationToken.None)).Value().Tag.ShouldNotBe(rendered.Tag);
    }

    [Fact]
    public async Task A_build_that_fails_says_which_step_and_pushes_nothing()
    {
        await _registry.WaitAsync();
        _place.Write("Dockerfile", "FROM scratch\nCOPY root/ /\nRUN [\"/bin/sh\", \"-c\", \"echo no such package; exit 7\"]\n");
        (await Builder().PushAsync(Request(), CancellationToken.None)).Refusal().Message.ShouldContain("no such package");
    }

    [Theory]
    [InlineData("environment: system", null, "has nothing to build an image from")]
    [InlineData("environment: python:3.12", null, "has nothing to build an image from")]
    [InlineData("environment: requirements.txt", null, "which")]
    [InlineData("environment: Dockerfile", "nerdctl", "it is docker, podman or buildah")]
    public async Task An_image_that_cannot_be_built_is_refused(string environment, string? engine, string why)
    {
        File.WriteAllText($"{_place.Project}/tenfold.yaml", $"name: toy\ntrain:\n  command: sh train.sh\n  {environment}\n");
        var request = Request() with { Engine = engine };
        (await Builder().BuildAsync(request, CancellationToken.None)).Refusal().Message.ShouldContain(why);
    }

    private ImageBuilder Builder() => new(_place.Services, _said.Add);

    private ImageRequest Request() => new() { Folder = _place.Project, Registry = $"{_registry.Host}/toy", Engine = "buildah" };

    private async Task<PushedImage> PushAsync() => (await Builder().PushAsync(Request(), CancellationToken.None)).Value();
}
