using Coinsphere.Messaging.Hosting;
using Coinsphere.Messaging.Worker;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, EnvironmentName = SpecifiedEnvironment.Name("Production") });
builder.AddHostDefaults();
builder.AddWorker();
builder.Services.AddRabbitMqBus(builder.Configuration, bus => bus.RegisterWorker());
await builder.Build().RunAsync();
