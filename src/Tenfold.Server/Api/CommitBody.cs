using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tenfold.App.Pushes.Submitting;
using Tenfold.Core.Keys;
using Tenfold.Core.Queueing;

namespace Tenfold.Server.Api;

/// <summary>A commit, and where its runs execute.</summary>
internal abstract partial record CommitBody
{
    /// <summary>The header by which a request that is sent again is recognised.</summary>
    /// <remarks>Source: draft-ietf-httpapi-idempotency-key-header-07.</remarks>
    public const string KeyHeader = "Idempotency-Key";

    private const int LongestName = 1_000;

    /// <summary>The repository, as <c>server.yaml</c> names it, or the URL from which git fetches it.</summary>
    public required string Repository { get; init; }

    /// <summary>The branch that has the commit; null for the repository's default branch.</summary>
    public string? Branch { get; init; }

    /// <summary>The commit, at least seven digits of its hash; null for the branch's newest.</summary>
    public string? Commit { get; init; }

    /// <summary>The project's folder in the repository, <c>.</c> for its root; null for the root, or for the only project.</summary>
    public string? Project { get; init; }

    /// <summary>The target's name; null for the only target of the project.</summary>
    public string? Target { get; init; }

    /// <summary><c>low</c>, <c>normal</c> or <c>high</c>; null for normal.</summary>
    public string? Priority { get; init; }

    /// <summary>Checks the values, and adds who asks and the key of the request.</summary>
    /// <returns>The request; or BadInput.</returns>
    internal Outcome<CommitRequest> Check(HttpContext context)
    {
        if (!Inputs.Word<RunPriority>("priority", Priority).Succeeded(out var priority, out var refusal)) return refusal;
        foreach (var (name, value) in new[]
        {
            ("repository", Repository), ("branch", Branch), ("project", Project), ("target", Target),
        })
        {
            if (value is not null && !IsPlain(value))
                return Refusal.BadInput($"{name} must have 1 to {LongestName:N0} characters, and no control characters");
        }

        if (Commit is { } commit && !CommitPattern.IsMatch(commit))
            return Refusal.BadInput("commit must have 7 to 64 hexadecimal digits");
        var key = context.Request.Headers[KeyHeader];
        if (key.Count > 0 && !KeyPattern.IsMatch(key.ToString()))
            return Refusal.BadInput($"{KeyHeader} must have 1 to 200 visible ASCII characters");
        return new CommitRequest
        {
            Repository = Repository,
            Branch = Branch,
            Commit = Commit?.ToLowerInvariant(),
            Folder = Project,
            Target = Target,
            Priority = priority.Value ?? RunPriority.Normal,
            User = context.Features.GetRequiredFeature<ServerKey>().Name,
            Key = key.Count > 0 ? key.ToString() : null,
        };
    }

    /// <summary>True for a name that is neither empty nor too long, and has no control characters.</summary>
    protected static bool IsPlain(string name) => name.Length is > 0 and <= LongestName && !name.Any(char.IsControl);

    [GeneratedRegex(@"\A[0-9A-Fa-f]{7,64}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CommitPattern { get; }

    [GeneratedRegex(@"\A[!-~]{1,200}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex KeyPattern { get; }
}
