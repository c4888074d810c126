namespace Tenfold.Core.Attempts;

/// <summary>
/// The values of a group's secrets, sent from the host that has them to the agent's memory. They are never written anywhere.
/// </summary>
/// <param name="Group">The group whose runs get them.</param>
/// <param name="Values">Variable name to value.</param>
public sealed record SecretDelivery(string Group, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Says how many values there are, never the values.</summary>
    public override string ToString() => $"{Values.Count} secrets of {Group}";
}
