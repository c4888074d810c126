using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes.Planning;

/// <summary>A project at a commit that a branch of a repository has.</summary>
/// <param name="Place">The branch that has the commit.</param>
/// <param name="Folder">The project's folder in the repository; empty for its root.</param>
/// <param name="Commit">The commit, as a full hash.</param>
internal sealed record FoundCommit(PushRef Place, string Folder, string Commit);
