namespace Tenfold.Core.Tests;

public sealed class Placeholder;
