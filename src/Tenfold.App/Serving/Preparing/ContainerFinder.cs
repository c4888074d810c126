using Tenfold.App.Images;
using Tenfold.App.Serving.Replicas;

namespace Tenfold.App.Serving.Preparing;

/// <summary>Finds the program of this machine that runs containers.</summary>
public static class ContainerFinder
{
    // What these programs read. The user's other variables are none of their business, and would be written to the owner's folder.
    private static readonly string[] Names =
        ["PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

    private static readonly string[] Prefixes = ["DOCKER_", "CONTAINERS_", "CONTAINER_", "BUILDAH_", "XDG_", "REGISTRY_AUTH_FILE"];

    /// <summary>Finds docker, podman or buildah: the first that works.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="image">The image that is to run.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The container, still without folders; or Unavailable when no program works here.</returns>
    public static async Task<Outcome<ServiceContainer>> FindAsync(Services services, string image, CancellationToken cancellationToken)
    {
        var found = await ImageEngine.FindAsync(services.Environment, null, _ => { }, cancellationToken);
        if (!found.Succeeded(out var engine, out var refusal)) return refusal;
        return new ServiceContainer
        {
            Program = engine.Program,
            Image = image,
            ProgramVariables = engine.Variables
                .Where(one => Names.Contains(one.Key) || Prefixes.Any(prefix => one.Key.StartsWith(prefix, StringComparison.Ordinal)))
                .ToDictionary(),
        };
    }
}
