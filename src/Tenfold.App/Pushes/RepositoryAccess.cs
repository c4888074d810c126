using Tenfold.Core.Git;
using Tenfold.Core.Pushes;
using Tenfold.Projects;

namespace Tenfold.App.Pushes;

/// <summary>How the server gets at its repositories. This is the one place where their tokens are read.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="repositories">The repositories of <c>server.yaml</c>, by name.</param>
public sealed class RepositoryAccess(Services services, IReadOnlyDictionary<string, ServedRepository> repositories)
{
    /// <summary>The names of the repositories.</summary>
    public IEnumerable<string> Names => repositories.Keys;

    /// <summary>Finds a repository.</summary>
    public ServedRepository? Find(string name) => repositories.GetValueOrDefault(name);

    /// <summary>The name of a repository whose name, or whose URL or path, is given.</summary>
    /// <returns>Null when <c>server.yaml</c> names no such repository, or several.</returns>
    public string? FindName(string nameOrUrl)
    {
        if (repositories.ContainsKey(nameOrUrl)) return nameOrUrl;
        var wanted = GitRemote.PlaceOf(nameOrUrl);
        var found = repositories.Where(one => GitRemote.PlaceOf(UrlOf(one.Key, one.Value)) == wanted).Take(2).ToList();
        return found.Count == 1 ? found[0].Key : null;
    }

    /// <summary>The repository's token; null for none.</summary>
    public string? TokenOf(ServedRepository repository) =>
        repository.Token is { } name && services.HostSecrets(name) is { Length: > 0 } token ? token : null;

    /// <summary>Opens the copy of a repository; null when <c>server.yaml</c> does not name it.</summary>
    internal GitMirror? OpenMirror(string name)
    {
        if (Find(name) is not { } repository) return null;
        // A name has no part that leads out of the folder; server.yaml is checked for that.
        var folder = Path.Combine(services.ServerHome, "repositories", name);
        var remote = new GitRemote(UrlOf(name, repository), TokenOf(repository), (HostKind)repository.Host)
        {
            Key = repository.Key is { } key && services.HostSecrets(key) is { Length: > 0 } text ? text : null,
        };
        return new GitMirror(folder, remote, new GitRunner(services.Environment, services.Time));
    }

    private static string UrlOf(string name, ServedRepository repository) => repository.Url ?? repository switch
    {
        { Host: RepositoryHost.GitLab, Key: not null } => $"git@gitlab.com:{name}.git",
        { Key: not null } => $"git@github.com:{name}.git",
        { Host: RepositoryHost.GitLab } => $"https://gitlab.com/{name}.git",
        _ => $"https://github.com/{name}.git",
    };
}
