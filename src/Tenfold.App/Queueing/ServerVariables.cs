using System.Collections.Frozen;
using Tenfold.Projects;

namespace Tenfold.App.Queueing;

/// <summary>
/// The variables with which the server of a home signs in to git hosts, a mail server and Slack. <c>server.yaml</c> names them. No run and
/// no agent gets them: whoever can push to a repository chooses which secrets its runs name.
/// </summary>
/// <remarks>Every command of the home withholds them, since any of them may hand over the secrets of a run.</remarks>
/// <param name="path">The file, which need not exist. It is read when it is first needed.</param>
internal sealed class ServerVariables(string path)
{
    // They have the same names everywhere, because the tools of Slack use these.
    private static readonly string[] OfSlack = ["SLACK_API_TOKEN", "SLACK_WEBHOOK_URL"];

    private readonly Lazy<FrozenSet<string>?> _names = new(() => Read(path));

    /// <summary>True for a variable that a run must not get: all, while the file can't be read.</summary>
    public bool Withholds(string name) => _names.Value?.Contains(name) ?? true;

    /// <summary>Variables without these.</summary>
    public IReadOnlyDictionary<string, string> RemoveFrom(IReadOnlyDictionary<string, string> variables) =>
        _names.Value is not { Count: > 0 } names ? variables : variables.Where(one => !names.Contains(one.Key)).ToDictionary();

    private static FrozenSet<string>? Read(string path) => !File.Exists(path) ? FrozenSet<string>.Empty
        : ServerReader.ReadFile(path).Match<FrozenSet<string>?>(file => NamesIn(file).ToFrozenSet(), _ => null);

    private static IEnumerable<string> NamesIn(ServerFile file) => file.Repositories.Values
        .SelectMany(repository => new[] { repository.Secret, repository.Token, repository.Key }).Append(file.Mail?.Password)
        .OfType<string>().Concat(OfSlack);
}
