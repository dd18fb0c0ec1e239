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
        // Longer than the host waits for its bus, which ends within eight seconds.
        Assert.True(pod.TerminationGracePeriodSeconds >= 15);
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
            Assert.Equal(map.Name(), Assert.Single(container.EnvFrom).ConfigMapRef.Name);
            Assert.All(container.Env, variable =>
            {
                Assert.Equal(secret.Name(), variable.ValueFrom.SecretKeyRef.Name);
                Assert.Contains(variable.ValueFrom.SecretKeyRef.Key, secret.StringData.Keys);
            });
        }

        // A cluster's own settings are those of the table.
        var options = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));
        Assert.All(map.Data.Keys, key => Assert.Contains($"`{key.Replace("__", ":", StringComparison.Ordinal)}`", options, StringComparison.Ordinal));
        var service = Assert.Single(Of<V1Service>());
        Assert.Contains(Of<V1Deployment>(), deployment => deployment.Spec.Selector.MatchLabels.SequenceEqual(service.Spec.Selector));
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
