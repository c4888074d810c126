using Tenfold.App.Infrastructure;
using Tenfold.Aws.Images;
using Tenfold.Aws.Wire;
using Tenfold.Projects;

namespace Tenfold.App.Images;

/// <summary>Builds the image of a project, and pushes it to a registry under a tag that is computed from its content.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="notify">Receives what happens, a line each.</param>
public sealed class ImageBuilder(Services services, Action<string> notify)
{
    /// <summary>Builds the image, and leaves it on this machine.</summary>
    /// <param name="request">What to build.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The image's name and tag; or why it could not be built.</returns>
    public async Task<Outcome<string>> BuildAsync(ImageRequest request, CancellationToken cancellationToken)
    {
        if (!services.Projects.Open(request.Folder).ToOutcome().Succeeded(out var located, out var refusal)) return refusal;
        var read = await ImageRecipe.ReadAsync(services, located, request.Base, cancellationToken);
        if (!read.Succeeded(out var recipe, out refusal)) return refusal;
        var name = $"{request.Registry ?? $"localhost/{NameOf(located.Project.Name)}"}:{recipe.Tag}";
        return (await BuildAsync(located, recipe, name, request, cancellationToken)).Match<Outcome<string>>(_ => name, fault => fault);
    }

    /// <summary>Pushes the image, and builds it first, unless the registry has it.</summary>
    /// <param name="request">What to build, and where to push it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The image by its digest; or why it could not be pushed.</returns>
    public async Task<Outcome<PushedImage>> PushAsync(ImageRequest request, CancellationToken cancellationToken)
    {
        if (!services.Projects.Open(request.Folder).ToOutcome().Succeeded(out var located, out var refusal)) return refusal;
        var read = await ImageRecipe.ReadAsync(services, located, request.Base, cancellationToken);
        if (!read.Succeeded(out var recipe, out refusal)) return refusal;
        try
        {
            using var ecr = request.Registry is { } named ? EcrRegistry.TryOpen(named, services.Time)
                : await OpenStackAsync(request, cancellationToken);
            if ((ecr?.Repository ?? request.Registry) is not { } repository)
            {
                return Refusal.NotFound(
                    "there is no stack in AWS whose repository could take the image: run `tenfold infra apply`, or name another registry "
                    + "with --registry HOST/NAME");
            }

            var name = $"{repository}:{recipe.Tag}";
            if (await FindAsync() is { } known) return new PushedImage(repository, recipe.Tag, known, IsNew: false);
            var built = await BuildAsync(located, recipe, name, request, cancellationToken);
            if (!built.Succeeded(out var engine, out refusal)) return refusal;
            var login = ecr is null ? null : await ecr.LogInAsync(cancellationToken) is var (user, password)
                ? new RegistryLogin(user, password) : null;
            var pushed = await InFolderAsync(folder => engine.PushAsync(name, login, folder, cancellationToken));
            if (pushed.Succeeded(out var digest, out refusal)) return new PushedImage(repository, recipe.Tag, digest, IsNew: true);
            // Another process may have pushed an image of this content meanwhile, and tags may be immutable.
            return await FindAsync() is { } others ? new PushedImage(repository, recipe.Tag, others, IsNew: false) : refusal;

            async Task<string?> FindAsync() => ecr is not null
                ? await ecr.FindAsync(recipe.Tag, cancellationToken)
                : await new RegistryLookup(services.Time).FindAsync(name, cancellationToken);
        }
        catch (AwsException e)
        {
            return Refusal.Unavailable(e.Message);
        }
    }

    private async Task<EcrRegistry?> OpenStackAsync(ImageRequest request, CancellationToken cancellationToken)
    {
        if (!request.Stack.Resolve(services, request.Folder).Succeeded(out var stack, out _)) return null;
        using var opened = stack;
        return await opened.OpenRegistryAsync(cancellationToken);
    }

    private async Task<Outcome<ImageEngine>> BuildAsync(
        LocatedProject located, ImageRecipe recipe, string name, ImageRequest request, CancellationToken cancellationToken)
    {
        var found = await ImageEngine.FindAsync(services.Environment, request.Engine, notify, cancellationToken);
        if (!found.Succeeded(out var engine, out var refusal)) return refusal;
        return await InFolderAsync<ImageEngine>(async folder =>
        {
            var written = await recipe.WriteContextAsync(services, located, folder, cancellationToken);
            if (!written.Succeeded(out var dockerfile, out var fault)) return fault;
            notify($"building {name} with {engine.Name}");
            return await engine.BuildAsync(Path.Combine(folder, "context"), dockerfile, name, cancellationToken) is { } failed
                ? failed : engine;
        });
    }

    private static async Task<Outcome<T>> InFolderAsync<T>(Func<string, Task<Outcome<T>>> work)
        where T : class
    {
        // Closed to other users: a login is in it for a while.
        var folder = Directory.CreateTempSubdirectory("tenfold-image-").FullName;
        try
        {
            return await work(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Names of images have lower-case letters, digits and single separators.
    private static string NameOf(string project)
    {
        var name = string.Concat(project.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return name.Length > 0 ? $"tenfold/{name}" : "tenfold/project";
    }
}

/// <summary>The images on which rendered images are based when the user names none.</summary>
public static class ImageDefaults
{
    /// <summary>For a <c>requirements.txt</c>.</summary>
    public const string PythonBase = "public.ecr.aws/docker/library/python:3.12-slim";

    /// <summary>For an <c>environment.yml</c>.</summary>
    public const string CondaBase = "docker.io/mambaorg/micromamba:2.0.5-debian12-slim";
}

/// <summary>Which image to build, how, and for which registry.</summary>
public sealed record ImageRequest
{
    /// <summary>The folder of the project. Default: the current one.</summary>
    public string Folder { get; init; } = ".";

    /// <summary>The repository, <c>HOST/NAME</c>; null for that of the stack.</summary>
    public string? Registry { get; init; }

    /// <summary>Which stack; it counts only without <see cref="Registry"/>.</summary>
    public StackPlace Stack { get; init; } = new(null, null, null);

    /// <summary>The base of an image that is rendered from the project's environment; null for the default.</summary>
    public string? Base { get; init; }

    /// <summary>The program that builds: docker, podman or buildah; null for the first that works.</summary>
    public string? Engine { get; init; }
}

/// <summary>An image in a registry.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Tag">The tag, which is computed from what the image is built from.</param>
/// <param name="Digest">The digest, <c>sha256:…</c>.</param>
/// <param name="IsNew">False when the registry had it already.</param>
public sealed record PushedImage(string Repository, string Tag, string Digest, bool IsNew)
{
    /// <summary>The image, as <c>environment</c> and runs name it.</summary>
    public string Reference => $"{Repository}@{Digest}";
}
