namespace Tenfold.Core.Attempts;

/// <summary>
/// Finds the value of a secret by its name. The host decides where secrets come from: the command line takes them from its own
/// environment, a server from a vault.
/// </summary>
/// <param name="name">The secret's name, which is also the name of the environment variable that a run gets it in.</param>
/// <returns>The value; null when the host doesn't have it.</returns>
public delegate string? SecretSource(string name);
