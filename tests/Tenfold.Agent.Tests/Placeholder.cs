namespace Tenfold.Agent.Tests;

public sealed class Placeholder;
