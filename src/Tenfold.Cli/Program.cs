using System.CommandLine;
using System.CommandLine.Invocation;
using Tenfold.Cli;

// The quickest answer, before anything is built up.
if (args is ["--version"])
{
    Console.Out.WriteLine(Product.Version);
    return ExitCodes.Success;
}

var parsed = Root.Create(args).Parse(args is [] ? ["--help"] : args);
if (parsed.Action is ParseErrorAction || UsageErrors.HasStrayOption(parsed))
{
    foreach (var error in UsageErrors.Of(parsed)) Console.Error.WriteLine($"tenfold: {error}");
    Console.Error.WriteLine($"see: {UsageErrors.Path(parsed)} --help");
    return ExitCodes.BadInput;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
