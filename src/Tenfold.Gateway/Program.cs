using Tenfold.Core.Platform;
using Tenfold.Gateway;

ProcessPrivacy.Protect();
return await GatewayProcess.RunAsync(args);
