using System.Text.RegularExpressions;
using Coinsphere.Messaging.Contracts;
using k8s;
using k8s.Models;

namespace Coinsphere.Messaging.Docs.Tests;

/// <summary>The manifests of <c>deploy/kubernetes</c>, read strictly: a name that Kubernetes does not know is an error.</summary>
public sealed partial class KubernetesTests
{
    private static readonly Dictionary<string, Type> Keda = new()
    {
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
        ["keda.sh/v1alpha1/TriggerAuthentication"] = typeof(TriggerAuthentication),
    };

    private static readonly IReadOnlyList<object> All =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "kubernetes"), "*.yaml")
            .Order(StringComparer.Ordinal)
            .SelectMany(file => KubernetesYaml.LoadAllFromString(File.ReadAllText(file), Keda, strict: true)),
    ];

    public static TheoryData<string> Deployments { get; } = [.. Of<V1Deployment>().Select(deployment => deployment.Name())];

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Container_CanDoNothingThatItNeedsNot(string name)
    {
        var pod = Of<V1Deployment>().Single(deployment => deployment.Name() == name).Spec.Template.Spec;
        var container = Assert.Single(pod.Containers);

        Assert.False(pod.AutomountServiceAccountToken);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.NotNull(container.ReadinessProbe);
        Assert.True(container.Resources.Requests.ContainsKey("cpu") && container.Resources.Limits.ContainsKey("memory"));
        // The host stops within nine seconds, and telemetry is sent within five more; before that a pod may wait until nobody asks it.
        Assert.True(pod.TerminationGracePeriodSeconds >= 9 + 5 + (container.Lifecycle?.PreStop.Sleep.Seconds ?? 0));
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void WhatIsWritten_IsATemporaryFolderOfItsOwn(string name)
    {
        var pod = Of<V1Deployment>().Single(deployment => deployment.Name() == name).Spec.Template.Spec;

        // The runtime's sockets, and a worker's health file.
        var mount = Assert.Single(pod.Containers.Single().VolumeMounts);
        Assert.Equal("/tmp", mount.MountPath);
        Assert.NotNull(pod.Volumes.Single(volume => volume.Name == mount.Name).EmptyDir.SizeLimit);
        Assert.DoesNotContain(pod.Containers.Single().Ports, port => port.ContainerPort < 1024);
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Probes_AskWhatTheProcessServes(string name)
    {
        var container = Of<V1Deployment>().Single(deployment => deployment.Name() == name).Spec.Template.Spec.Containers.Single();
        var asked = new[] { container.ReadinessProbe, container.LivenessProbe, container.StartupProbe }.Where(probe => probe?.HttpGet is not null).ToArray();

        Assert.All(asked, probe =>
        {
            Assert.Contains(probe.HttpGet.Path, (string[])["/health/ready", "/health/live"]);
            Assert.Contains(probe.HttpGet.Port.Value, container.Ports.Select(port => port.Name));
        });
        // A worker serves nothing: the image sets where its file is.
        var image = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));
        var file = HealthFile().Match(image).Groups[1].Value;
        Assert.True(asked.Length > 0 || container.ReadinessProbe.Exec.Command[^1].Contains(file, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void Disruption_LeavesOthersRunning(string name)
    {
        var deployment = Of<V1Deployment>().Single(one => one.Name() == name);
        var budget = Assert.Single(Of<V1PodDisruptionBudget>(), one => one.Name() == name);

        Assert.Equal(deployment.Spec.Selector.MatchLabels, budget.Spec.Selector.MatchLabels);
        Assert.Equal(deployment.Spec.Selector.MatchLabels, deployment.Spec.Template.Metadata.Labels);
    }

    [Fact]
    public void WhatIsReferredTo_IsThere()
    {
        var (map, secret) = (Assert.Single(Of<V1ConfigMap>()), Assert.Single(Of<V1Secret>()));
        foreach (var container in Of<V1Deployment>().Select(deployment => Assert.Single(deployment.Spec.Template.Spec.Containers)))
        {
            Assert.All(container.EnvFrom ?? [], from => Assert.Equal(map.Name(), from.ConfigMapRef.Name));
            // What is no secret is written out.
            Assert.All(container.Env.Where(variable => variable.ValueFrom is not null), variable =>
            {
                Assert.Equal(secret.Name(), variable.ValueFrom.SecretKeyRef.Name);
                Assert.Contains(variable.ValueFrom.SecretKeyRef.Key, secret.StringData.Keys);
            });
        }

        // A cluster's own settings are those of the table.
        var options = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));
        Assert.All(map.Data.Keys, key => Assert.Contains($"`{key.Replace("__", ":", StringComparison.Ordinal)}`", options, StringComparison.Ordinal));
        Assert.Equal(["dashboard", "gateway"], Of<V1Service>().Select(service => service.Name()));
        foreach (var service in Of<V1Service>())
        {
            var chosen = Assert.Single(Of<V1Deployment>(), deployment => deployment.Spec.Selector.MatchLabels.SequenceEqual(service.Spec.Selector));
            var open = chosen.Spec.Template.Spec.Containers.Single().Ports.Select(port => port.Name);
            Assert.All(service.Spec.Ports, port => Assert.Contains(port.TargetPort.Value, open));
        }

        // An open page belongs to the process that made it, and asks the gateways.
        Assert.Equal("ClientIP", Of<V1Service>().Single(service => service.Name() == "dashboard").Spec.SessionAffinity);
        var asked = Of<V1Deployment>().Single(deployment => deployment.Name() == "dashboard").Spec.Template.Spec.Containers[0].Env;
        Assert.Equal("http://gateway:8000", asked.Single(variable => variable.Name == "ML_SERVICE_URL").Value);
    }

    [Fact]
    public void Workers_AreScaledByTheQueuesThatThereAre()
    {
        var (scaled, secret) = (Assert.Single(Of<ScaledObject>()), Assert.Single(Of<V1Secret>()));
        var access = Assert.Single(Of<TriggerAuthentication>());

        Assert.Contains(Of<V1Deployment>(), deployment => deployment.Name() == scaled.Spec.ScaleTargetRef.Name && deployment.Spec.Replicas is null);
        Assert.All(scaled.Spec.Triggers, trigger =>
        {
            Assert.Equal(("rabbitmq", "amqp", "QueueLength"), (trigger.Type, trigger.Metadata["protocol"], trigger.Metadata["mode"]));
            Assert.Contains(trigger.Metadata["queueName"], Endpoints.All);
            Assert.Matches(Number(), trigger.Metadata["value"]);
            Assert.Equal(access.Metadata.Name, trigger.AuthenticationRef.Name);
        });
        var target = Assert.Single(access.Spec.SecretTargetRef);
        Assert.Equal(("host", secret.Name()), (target.Parameter, target.Name));
        Assert.Contains(target.Key, secret.StringData.Keys);
    }

    private static IEnumerable<T> Of<T>() => All.OfType<T>();

    [GeneratedRegex(@"Health__File=(\S+)")]
    private static partial Regex HealthFile();

    [GeneratedRegex("^[1-9][0-9]*$")]
    private static partial Regex Number();

    // What is used of KEDA's own kinds: https://keda.sh/docs/latest/reference/scaledobject-spec/
    public sealed class ScaledObject : KedaObject
    {
        public required ScaledObjectSpec Spec { get; set; }
    }

    public sealed class TriggerAuthentication : KedaObject
    {
        public required TriggerAuthenticationSpec Spec { get; set; }
    }

    public abstract class KedaObject
    {
        public required string ApiVersion { get; set; }
        public required string Kind { get; set; }
        public required V1ObjectMeta Metadata { get; set; }
    }

    public sealed class ScaledObjectSpec
    {
        public required ScaleTargetRef ScaleTargetRef { get; set; }
        public int? MinReplicaCount { get; set; }
        public int? MaxReplicaCount { get; set; }
        public int? PollingInterval { get; set; }
        public int? CooldownPeriod { get; set; }
        public required List<Trigger> Triggers { get; set; }
    }

    public sealed class ScaleTargetRef
    {
        public required string Name { get; set; }
    }

    public sealed class Trigger
    {
        public required string Type { get; set; }
        public required Dictionary<string, string> Metadata { get; set; }
        public required ScaleTargetRef AuthenticationRef { get; set; }
    }

    public sealed class TriggerAuthenticationSpec
    {
        public required List<SecretTarget> SecretTargetRef { get; set; }
    }

    public sealed class SecretTarget
    {
        public required string Parameter { get; set; }
        public required string Name { get; set; }
        public required string Key { get; set; }
    }
}
