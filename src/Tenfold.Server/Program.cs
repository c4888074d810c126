using Tenfold.Core.Platform;
using Tenfold.Server;

ProcessPrivacy.Protect();
return await ServerProcess.RunAsync(args);
