namespace Tenfold.Core.Queueing;

/// <summary>Whose turn a run takes when it starts.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="User">The user who made the group; empty when unknown.</param>
/// <param name="Priority">The priority of the group.</param>
public sealed record QueueOwner(string Project, string User, RunPriority Priority);
