using Tenfold.App.Pushes.Submitting;
using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes.Planning;

/// <summary>A project at a commit, and how a user wants to train it.</summary>
/// <param name="Place">The branch that has the commit.</param>
/// <param name="Folder">The project's folder in the repository; empty for its root.</param>
/// <param name="Commit">The commit, as a full hash.</param>
/// <param name="Group">The id of the new group; null to choose one.</param>
/// <param name="Request">What the user asks for.</param>
internal sealed record FitOfCommit(PushRef Place, string Folder, string Commit, string? Group, CommitFitRequest Request);
