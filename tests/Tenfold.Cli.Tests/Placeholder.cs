namespace Tenfold.Cli.Tests;

public sealed class Placeholder;
